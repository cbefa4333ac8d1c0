-- Inserts events behind the version of a stream whose row the caller has locked.
--
--   p_stream_id        the stream's row
--   p_before           the stream's version before these events
--   p_created_at       the time to store
--   p_ids              event ids; each other array has an element for each of them, or is NULL for none
--
-- Returns the stream's new version and the first and last position.
--
-- Planned once: for arrays the server would make a new plan each time, for ever.
CREATE FUNCTION {schema}.insert_events(
    p_stream_id bigint, p_before bigint, p_created_at timestamptz, p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $insert_events$
BEGIN
    RETURN QUERY
    WITH appended AS (
        INSERT INTO {schema}.events AS e (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
        SELECT
            p_stream_id, p_before + n.number, p_created_at, n.id, n.type, n.schema_version, n.content_type, n.data, n.data_binary, n.metadata,
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
$insert_events$;
