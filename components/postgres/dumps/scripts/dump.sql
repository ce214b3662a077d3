-- Rows are counted in the snapshot that pg_dump reads, so that writers in between make no difference.
\set ON_ERROR_STOP on
SET idle_in_transaction_session_timeout = 0;
SET statement_timeout = 0;
SELECT count(set_config(name, '0', false)) AS there FROM pg_settings WHERE name = 'transaction_timeout' \gset
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! sh "$here/pg_dump.sh"
\o facts
\ir facts.sql
\o about
\ir about.sql
COMMIT;
