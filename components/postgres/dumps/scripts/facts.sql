-- What must be the same in the database that was dumped and in the one that was restored: a fact a line.
SET search_path = pg_catalog;
SET row_security = off;

SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', 'rows ' || format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
\gexec

-- Children of partitioned tables' constraints get names of PostgreSQL's own choice; NOT NULL is no constraint before 18.
SELECT 'constraint ' || conrelid::regclass || ' ' || quote_ident(conname), CASE WHEN convalidated THEN 'valid' ELSE 'not valid' END
  FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE conrelid <> 0 AND conparentid = 0 AND contype <> 'n' AND n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = conrelid AND d.deptype = 'e');

-- An index that is not valid is not dumped.
SELECT 'index ' || indexrelid::regclass, 'valid'
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE indisvalid AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

SELECT 'relations of kind ' || relkind::text, count(*)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 GROUP BY relkind;

SELECT 'routines', count(*)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname !~ '^(pg_|information_schema$)'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e');

SELECT 'triggers', count(*) FROM pg_trigger WHERE NOT tgisinternal;
SELECT 'policies', count(*) FROM pg_policy;
SELECT 'extension ' || extname, 'there' FROM pg_extension;
SELECT 'large objects', count(*) FROM pg_largeobject_metadata;
