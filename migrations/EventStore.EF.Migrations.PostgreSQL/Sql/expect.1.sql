-- Requires that a stream is as expected, and keeps it so until the transaction ends, without writing to it.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have, 0 for a missing stream; -2 any of an existing stream
--
-- Returns the stream's version; NULL if the stream is not as expected, or is deleted.
--
-- Runs with its owner's rights: see append.
CREATE FUNCTION {schema}.expect(p_stream text, p_expected bigint)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $expect$
DECLARE
    v_version bigint;
BEGIN
    -- Other transactions may require the same concurrently; one that writes to the stream waits.
    SELECT s.version
    INTO v_version
    FROM {schema}.streams s
    WHERE s.tenant = '' AND s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    FOR SHARE;

    IF NOT FOUND AND p_expected = 0 AND {schema}.hold_name(p_stream) THEN
        RETURN 0;
    END IF;

    RETURN v_version;
END
$expect$;
