-- What a server needs before it can take this database: `key=value`, read by load.sh.
SELECT 'encoding=' || pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database();
SELECT 'collate=' || datcollate FROM pg_database WHERE datname = current_database();
SELECT 'ctype=' || datctype FROM pg_database WHERE datname = current_database();
SELECT format('role=SELECT %L WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %L) \gexec',
              format('CREATE ROLE %I NOLOGIN', rolname), rolname)
  FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname COLLATE "C";
