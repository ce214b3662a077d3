CREATE TABLE IF NOT EXISTS system_config (
    config_key   varchar(100) NOT NULL,
    config_value varchar(500) NOT NULL,
    description  varchar(500),
    config_type  varchar(10)  NOT NULL DEFAULT 'STRING',
    created_at   timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at   timestamp    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT pk_system_config PRIMARY KEY (config_key),
    CONSTRAINT ck_system_config_type CHECK (config_type IN ('STRING', 'INTEGER', 'BOOLEAN', 'JSON')),
    CONSTRAINT ck_system_config_integer CHECK (config_type <> 'INTEGER' OR config_value ~ '^-?[0-9]+$'),
    CONSTRAINT ck_system_config_boolean CHECK (config_type <> 'BOOLEAN' OR config_value IN ('true', 'false'))
);

COMMENT ON TABLE system_config IS 'Settings that the service reads while it runs';

INSERT INTO system_config (config_key, config_value, description, config_type) VALUES
    ('bill.cache.ttl.hours', '4', '요금정보 캐시 TTL (시간)', 'INTEGER'),
    ('kos.connection.timeout.ms', '30000', 'KOS 연결 타임아웃 (밀리초)', 'INTEGER'),
    ('kos.retry.max.attempts', '3', 'KOS 최대 재시도 횟수', 'INTEGER')
ON CONFLICT (config_key) DO NOTHING;
