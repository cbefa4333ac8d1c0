-- Demands that a stream is as expected, and keeps it so until the transaction ends, without writing to it.
--
--   p_stream           the stream's name
--   p_expected         the version the stream must be at, 0 for a missing stream; -2 any, but the stream exists
--
-- Returns the stream's version; NULL when the stream is not as expected, or is deleted.
CREATE FUNCTION {schema}.expect(p_stream text, p_expected bigint)
RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off
AS $expect$
DECLARE
    v_version bigint;
    v_stream  bigint;
BEGIN
    -- Others may demand the same at the same time; who writes to the stream waits.
    SELECT s.version
    INTO v_version
    FROM {schema}.streams s
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    FOR SHARE;

    IF FOUND OR p_expected <> 0 THEN
        RETURN v_version;
    END IF;

    -- A stream that isn't there has no row to lock. So its name is taken and given back: until this transaction ends, whoever creates
    -- the stream waits at the index to see what became of it.
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
