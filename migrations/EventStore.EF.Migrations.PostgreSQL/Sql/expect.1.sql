-- Requires that a stream is as expected, and keeps it so until the transaction ends, without writing to it.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have, 0 for a missing stream; -2 any of an existing stream
--
-- Returns the stream's version; NULL if the stream is not as expected, or is deleted.
CREATE FUNCTION {schema}.expect(p_stream text, p_expected bigint)
RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off
AS $expect$
DECLARE
    v_version bigint;
    v_stream  bigint;
BEGIN
    -- Other transactions may require the same concurrently; one that writes to the stream waits.
    SELECT s.version
    INTO v_version
    FROM {schema}.streams s
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    FOR SHARE;

    IF FOUND OR p_expected <> 0 THEN
        RETURN v_version;
    END IF;

    -- A missing stream has no row to lock, so its name is inserted and removed again: until this transaction ends, one that creates the
    -- stream waits at the index for the outcome.
    INSERT INTO {schema}.streams AS s (name, version)
    VALUES (p_stream, 0)
    ON CONFLICT (name) DO NOTHING
    RETURNING s.id INTO v_stream;

    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    PERFORM set_config('{schema}.removal', pg_current_xact_id()::text, true);
    DELETE FROM {schema}.streams s WHERE s.id = v_stream;
    PERFORM set_config('{schema}.removal', '', true);
    RETURN 0;
END
$expect$;
