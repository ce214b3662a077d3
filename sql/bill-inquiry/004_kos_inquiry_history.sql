CREATE TABLE IF NOT EXISTS kos_inquiry_history (
    id            bigint      GENERATED ALWAYS AS IDENTITY,
    request_id    uuid        NOT NULL,
    attempt       smallint    NOT NULL DEFAULT 1,
    inquiry_type  varchar(20) NOT NULL,
    line_number   varchar(20) NOT NULL,
    inquiry_month char(6),
    result        varchar(10) NOT NULL,
    response_code varchar(20),
    error_message varchar(1000),
    response_ms   integer     NOT NULL,
    called_at     timestamp   NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT pk_kos_inquiry_history PRIMARY KEY (id),
    CONSTRAINT uk_kos_inquiry_history_attempt UNIQUE (request_id, attempt),
    CONSTRAINT fk_kos_inquiry_history_request
        FOREIGN KEY (request_id) REFERENCES bill_inquiry_history (request_id) ON DELETE CASCADE,
    CONSTRAINT ck_kos_inquiry_history_attempt CHECK (attempt >= 1),
    CONSTRAINT ck_kos_inquiry_history_type CHECK (inquiry_type IN ('BILL', 'CUSTOMER')),
    CONSTRAINT ck_kos_inquiry_history_month CHECK (inquiry_month ~ '^[0-9]{4}(0[1-9]|1[0-2])$'),
    CONSTRAINT ck_kos_inquiry_history_result CHECK (result IN ('SUCCESS', 'FAILED', 'TIMEOUT')),
    CONSTRAINT ck_kos_inquiry_history_ms CHECK (response_ms >= 0)
);

COMMENT ON TABLE kos_inquiry_history IS 'Every call to KOS on behalf of a request, one row an attempt';
COMMENT ON COLUMN kos_inquiry_history.attempt IS 'From 1; system_config kos.retry.max.attempts says how many there may be';
COMMENT ON COLUMN kos_inquiry_history.response_ms IS 'Milliseconds until the answer, or until it was given up';

CREATE INDEX IF NOT EXISTS ix_kos_inquiry_history_called_at ON kos_inquiry_history (called_at DESC);
CREATE INDEX IF NOT EXISTS ix_kos_inquiry_history_failed ON kos_inquiry_history (called_at DESC) WHERE result <> 'SUCCESS';
