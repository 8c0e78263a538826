-- FIXME the index
SELECT 1;
