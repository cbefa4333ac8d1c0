-- Appends events to one stream: all of them or none.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; -1 any, -2 any of an existing stream
--   p_created_at       the time to store; NULL for the server's clock
--   p_ids              event ids; every other array has one element per event, or is NULL if it has no values
--
-- Returns the stream's new version and the first and last position. When it returns no row, what it raises, its rights and its order of
-- locks are the same as for append.
--
-- Planned once: with arrays, the server would otherwise make a new plan for every call. An unnest of several arrays is PostgreSQL's own,
-- whatever the search path.
CREATE FUNCTION {schema}.append_many(
    p_stream text, p_expected bigint, p_created_at timestamptz, p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SECURITY DEFINER
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $append_many$
DECLARE
    v_now    pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    v_stream bigint;
    v_before bigint;
    v_row    pg_catalog.tid;
BEGIN
    SELECT s.id, s.version, s.ctid
    INTO v_stream, v_before, v_row
    FROM {schema}.streams s
    WHERE s.tenant OPERATOR(pg_catalog.=) '' AND s.name OPERATOR(pg_catalog.=) p_stream AND s.deleted_at IS NULL
      AND (p_expected OPERATOR(pg_catalog.<) 0 OR s.version OPERATOR(pg_catalog.=) p_expected)
    FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        IF p_expected OPERATOR(pg_catalog.<>) -1 AND p_expected OPERATOR(pg_catalog.<>) 0 THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: no row tells the caller that nothing was written. It waits for a transaction that is creating the
        -- same stream.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        VALUES (p_stream, 0, coalesce(p_created_at, v_now), v_now)
        ON CONFLICT (tenant, name) DO NOTHING
        RETURNING s.id, 0, s.ctid INTO v_stream, v_before, v_row;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    WITH appended AS (
        INSERT INTO {schema}.events AS e (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
        SELECT
            v_stream, v_before OPERATOR(pg_catalog.+) n.number, coalesce(p_created_at, v_now), n.id, n.type, n.schema_version,
            n.content_type, n.data, n.data_binary, n.metadata, n.correlation_id, n.causation_id
        FROM unnest(
                p_ids, p_types, p_schema_versions, p_content_types, p_data, p_data_binary, p_metadata, p_correlation_ids, p_causation_ids)
            WITH ORDINALITY
            AS n (id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id, number)
        ORDER BY n.number
        RETURNING e.version, e.position)
    SELECT pg_catalog.max(a.version), pg_catalog.min(a.position), pg_catalog.max(a.position)
    INTO stream_version, first_position, last_position
    FROM appended a;

    UPDATE {schema}.streams s
    SET version = stream_version, last_activity_at = v_now, last_position = append_many.last_position,
        first_position = CASE
            WHEN s.first_position OPERATOR(pg_catalog.=) 0 THEN append_many.first_position
            ELSE s.first_position END
    WHERE s.ctid OPERATOR(pg_catalog.=) v_row;

    RETURN NEXT;
END
$append_many$;
