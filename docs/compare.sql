-- What a database holds, one thing a line, so that `diff` compares two of them, of whatever version and topology:
--   psql -X -A -t -q -v ON_ERROR_STOP=1 -d DATABASE -f compare.sql
-- Every row is read once. Left out: the ledger of migrations, what belongs to an extension, and what versions write
-- differently though it is the same (definitions of views; the right MAINTAIN, which is new in 17).
SET search_path = pg_catalog;
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = 1;

CREATE TEMPORARY VIEW own AS
SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, n.nspname, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^(pg_|information_schema$|postgres_apps$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

SELECT 'extension ' || extname FROM pg_extension ORDER BY 1;

SELECT format('SELECT %L || count(*) || '' rows, sum '' || coalesce(sum((''x'' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0) '
              'FROM %s t', 'table ' || name || ': ', name)
  FROM own WHERE relkind IN ('r', 'm') ORDER BY name \gexec

SELECT format('SELECT %L || count(*) FROM pg_largeobject_metadata', 'large objects: ') \gexec
SELECT format('sequence %I.%I: %s', schemaname, sequencename, coalesce(last_value::text, 'unused'))
  FROM pg_sequences WHERE schemaname !~ '^(pg_|postgres_apps$)' ORDER BY 1;
SELECT format('%s %s of %s', CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                                         WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END, name, relowner::regrole)
  FROM own ORDER BY 1;
SELECT format('column %s.%I %s%s %s', o.name, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, pg_get_expr(d.adbin, d.adrelid))
  FROM own o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE o.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1;
SELECT format('constraint on %s: %I %s%s', o.name, k.conname, pg_get_constraintdef(k.oid),
              CASE WHEN k.convalidated THEN '' ELSE ', not validated' END)
  FROM own o JOIN pg_constraint k ON k.conrelid = o.oid WHERE k.contype <> 'n' ORDER BY 1;
SELECT format('index: %s%s', pg_get_indexdef(i.indexrelid), CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END)
  FROM own o JOIN pg_index i ON i.indrelid = o.oid ORDER BY 1;
SELECT format('trigger: %s', pg_get_triggerdef(t.oid))
  FROM own o JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal ORDER BY 1;
SELECT format('function %s of %s: %s', p.oid::regprocedure, p.proowner::regrole, md5(p.prosrc))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY 1;
SELECT format('right of %s: %s on %s', CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END,
              r.privilege_type, o.name)
  FROM own o CROSS JOIN aclexplode(o.relacl) r WHERE r.grantee <> o.relowner AND r.privilege_type <> 'MAINTAIN' ORDER BY 1;
SELECT format('right of %s: %s on %s.%I', r.grantee::regrole, r.privilege_type, o.name, a.attname)
  FROM own o JOIN pg_attribute a ON a.attrelid = o.oid CROSS JOIN aclexplode(a.attacl) r ORDER BY 1;
