CREATE TABLE IF NOT EXISTS bill_info_cache (
    line_number   varchar(20)    NOT NULL,
    inquiry_month char(6)        NOT NULL,
    product_name  varchar(100),
    total_amount  numeric(12, 0) NOT NULL,
    usage_amount  numeric(12, 0) NOT NULL DEFAULT 0,
    discount      numeric(12, 0) NOT NULL DEFAULT 0,
    details       jsonb          NOT NULL DEFAULT '{}',
    cached_at     timestamp      NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at    timestamp      NOT NULL,
    CONSTRAINT pk_bill_info_cache PRIMARY KEY (line_number, inquiry_month),
    CONSTRAINT ck_bill_info_cache_month CHECK (inquiry_month ~ '^[0-9]{4}(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_bill_info_cache_amounts CHECK (usage_amount >= 0 AND discount >= 0),
    CONSTRAINT ck_bill_info_cache_details CHECK (jsonb_typeof(details) = 'object'),
    CONSTRAINT ck_bill_info_cache_order CHECK (expires_at > cached_at)
);

COMMENT ON TABLE bill_info_cache IS 'Bills as KOS told them, one row a line and month; beside Redis, and expires';
COMMENT ON COLUMN bill_info_cache.total_amount IS 'Won, without fractions; a refund is below zero';
COMMENT ON COLUMN bill_info_cache.expires_at IS 'system_config bill.cache.ttl.hours after cached_at';

CREATE INDEX IF NOT EXISTS ix_bill_info_cache_expires_at ON bill_info_cache (expires_at);
