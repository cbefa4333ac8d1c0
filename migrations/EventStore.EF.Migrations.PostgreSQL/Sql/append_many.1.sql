-- Appends events to one stream: all of them or none.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; -1 any, -2 any of an existing stream
--   p_created_at       the time to store; NULL for the server's clock
--   p_ids              event ids; every other array has one element per event, or is NULL if it has no values
--
-- Returns the stream's new version and the first and last position. When it returns no row, what it raises, and its order of locks are the
-- same as for append.
--
-- Planned once: with arrays, the server would otherwise make a new plan for every call.
CREATE FUNCTION {schema}.append_many(
    p_stream text, p_expected bigint, p_created_at timestamptz, p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $append_many$
DECLARE
    v_count      int := cardinality(p_ids);
    v_now        timestamptz := clock_timestamp();
    v_created_at timestamptz := coalesce(p_created_at, v_now);
    v_stream     bigint;
    v_before     bigint;
BEGIN
    UPDATE {schema}.streams s
    SET version = s.version + v_count, last_activity_at = v_now
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    RETURNING s.id, s.version - v_count INTO v_stream, v_before;

    IF NOT FOUND THEN
        IF p_expected NOT IN (-1, 0) THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: no row tells the caller that nothing was written. It waits for a transaction that is creating the
        -- same stream.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        VALUES (p_stream, v_count, v_created_at, v_now)
        ON CONFLICT (name) DO NOTHING
        RETURNING s.id, 0 INTO v_stream, v_before;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    PERFORM {schema}.hold_positions();

    RETURN QUERY
    WITH appended AS (
        INSERT INTO {schema}.events AS e (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
        SELECT
            v_stream, v_before + n.number, v_created_at, n.id, n.type, n.schema_version, n.content_type, n.data, n.data_binary, n.metadata,
            n.correlation_id, n.causation_id
        FROM unnest(
                p_ids, p_types, p_schema_versions, p_content_types, p_data, p_data_binary, p_metadata, p_correlation_ids, p_causation_ids)
            WITH ORDINALITY
            AS n (id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id, number)
        ORDER BY n.number
        RETURNING e.version, e.position)
    SELECT max(a.version), min(a.position), max(a.position)
    FROM appended a;
END
$append_many$;
