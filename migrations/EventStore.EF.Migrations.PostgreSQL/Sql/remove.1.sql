-- Permanently removes events of a stream, despite the guards, and every link to them; with the stream itself, also its snapshots.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; negative for any
--   p_before           the number of the first event to keep, in a stream that isn't deleted; NULL to remove the stream itself with
--                      all of its events, deleted or not
--
-- Returns whether it was done: false if the stream is missing, or not as required. The row is locked before anything is removed, so an
-- append is either before this, and removed with the rest, or after it, and finds the stream gone.
--
-- Runs with its owner's rights: whoever may execute it may remove any stream, and nobody else may remove anything.
CREATE FUNCTION {schema}.remove(p_stream text, p_expected bigint, p_before bigint)
RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $remove$
DECLARE
    v_stream bigint;
BEGIN
    SELECT s.id
    INTO v_stream
    FROM {schema}.streams s
    WHERE s.tenant = '' AND s.name = p_stream AND (p_expected < 0 OR s.version = p_expected) AND (p_before IS NULL OR s.deleted_at IS NULL)
    FOR UPDATE;

    IF NOT FOUND THEN
        RETURN false;
    END IF;

    -- The guards let the tables' owner remove rows in the transaction named here: no session can turn them off.
    PERFORM set_config('{schema}.removal', pg_current_xact_id()::text, true);

    -- Foreign keys remove the links to a removed event, and the links of a removed stream.
    DELETE FROM {schema}.events e WHERE e.stream_id = v_stream AND (p_before IS NULL OR e.version < p_before);

    IF p_before IS NULL THEN
        DELETE FROM {schema}.streams s WHERE s.id = v_stream;

        -- The snapshots contain removed events, and would pass for the first versions of a stream that takes the name again.
        DELETE FROM {schema}.snapshots n WHERE n.source = p_stream;
    ELSE
        DELETE FROM {schema}.stream_links l WHERE l.stream_id = v_stream AND l.number < p_before;

        UPDATE {schema}.streams s
        SET kept_from = least(p_before, s.version + 1), last_activity_at = clock_timestamp()
        WHERE s.id = v_stream AND s.kept_from < least(p_before, s.version + 1);
    END IF;

    PERFORM set_config('{schema}.removal', '', true);
    RETURN true;
END
$remove$;
