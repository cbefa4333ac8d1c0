-- Keeps a missing stream missing until the transaction ends: another transaction that creates it waits for the outcome.
--
--   p_stream           the stream's name
--
-- Returns whether the stream is missing. It has no row to lock, so its name is inserted and removed again.
--
-- Only expect calls it, with its owner's rights: nobody else may remove a stream. It removes only the row that it has just inserted.
CREATE FUNCTION {schema}.hold_name(p_stream text)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $hold_name$
DECLARE
    v_stream bigint;
BEGIN
    INSERT INTO {schema}.streams AS s (name, version)
    VALUES (p_stream, 0)
    ON CONFLICT (tenant, name) DO NOTHING
    RETURNING s.id INTO v_stream;

    IF NOT FOUND THEN
        RETURN false;
    END IF;

    PERFORM set_config('{schema}.removal', pg_current_xact_id()::text, true);
    DELETE FROM {schema}.streams s WHERE s.id = v_stream;
    PERFORM set_config('{schema}.removal', '', true);
    RETURN true;
END
$hold_name$;
