CREATE TABLE IF NOT EXISTS bill_inquiry_history (
    id             bigint       GENERATED ALWAYS AS IDENTITY,
    request_id     uuid         NOT NULL DEFAULT gen_random_uuid(),
    user_id        varchar(50)  NOT NULL,
    line_number    varchar(20)  NOT NULL,
    inquiry_month  char(6),
    status         varchar(20)  NOT NULL DEFAULT 'REQUESTED',
    cache_hit      boolean      NOT NULL DEFAULT false,
    result_code    varchar(20),
    result_message varchar(500),
    requested_at   timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    completed_at   timestamp,
    created_at     timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT pk_bill_inquiry_history PRIMARY KEY (id),
    CONSTRAINT uk_bill_inquiry_history_request UNIQUE (request_id),
    CONSTRAINT ck_bill_inquiry_history_month CHECK (inquiry_month ~ '^[0-9]{4}(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_bill_inquiry_history_status CHECK (status IN ('REQUESTED', 'PROCESSING', 'COMPLETED', 'FAILED')),
    CONSTRAINT ck_bill_inquiry_history_order CHECK (completed_at >= requested_at),
    CONSTRAINT ck_bill_inquiry_history_ended CHECK ((status IN ('COMPLETED', 'FAILED')) = (completed_at IS NOT NULL))
);

COMMENT ON TABLE bill_inquiry_history IS 'Every request for a bill: who asked for what, and how it ended';
COMMENT ON COLUMN bill_inquiry_history.inquiry_month IS 'The billed month as YYYYMM; null asks for the current one';
COMMENT ON COLUMN bill_inquiry_history.cache_hit IS 'Whether bill_info_cache answered, and KOS was not asked';

CREATE INDEX IF NOT EXISTS ix_bill_inquiry_history_line ON bill_inquiry_history (line_number, requested_at DESC);
CREATE INDEX IF NOT EXISTS ix_bill_inquiry_history_user ON bill_inquiry_history (user_id, requested_at DESC);
CREATE INDEX IF NOT EXISTS ix_bill_inquiry_history_open ON bill_inquiry_history (requested_at)
    WHERE status IN ('REQUESTED', 'PROCESSING');
