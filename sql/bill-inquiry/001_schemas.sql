-- Business tables are in public, where the services look for them; two schemas are for what comes beside them.
-- IF NOT EXISTS, here and in the next files: a database that was moved here from elsewhere has some of it already.
CREATE SCHEMA IF NOT EXISTS cache;
COMMENT ON SCHEMA cache IS 'Cached data beside Redis: may be emptied at any time';

CREATE SCHEMA IF NOT EXISTS audit;
COMMENT ON SCHEMA audit IS 'Who did what: is only added to';
