CREATE TABLE IF NOT EXISTS customer_info (
    customer_id   varchar(50)  NOT NULL,
    line_number   varchar(20)  NOT NULL,
    customer_name varchar(100),
    status        varchar(10)  NOT NULL DEFAULT 'ACTIVE',
    operator_code varchar(10)  NOT NULL,
    cached_at     timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at    timestamp    NOT NULL,
    created_at    timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT pk_customer_info PRIMARY KEY (customer_id),
    CONSTRAINT uk_customer_info_line UNIQUE (line_number),
    CONSTRAINT ck_customer_info_status CHECK (status IN ('ACTIVE', 'INACTIVE'))
);

COMMENT ON TABLE customer_info IS 'Customers, as KOS told them last; a cache that expires';
COMMENT ON COLUMN customer_info.cached_at IS 'When KOS was asked, in the server''s time zone, as all times here';

CREATE INDEX IF NOT EXISTS ix_customer_info_expires_at ON customer_info (expires_at);
