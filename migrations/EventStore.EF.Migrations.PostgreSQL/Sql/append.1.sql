-- Appends events to one stream: all of them or none.
--
--   p_stream           the stream's name
--   p_expected         the version the stream must be at; -1 any, -2 any, but the stream exists
--   p_created_at       the time to store; NULL for the server's clock
--   p_ids              event ids; each other array has an element for each of them, or is NULL for none
--
-- Returns the stream's new version and the first and last position. No row: the stream is not as expected, is deleted, or another
-- transaction created it meanwhile; nothing is written. The caller looks for the reason then, and may try again.
-- Raises 23505 on ux_eventstore_events_event_id when an id stands already.
--
-- Order matters. The store's advisory lock comes before any position is taken, and is kept until after the commit is visible: by it
-- a reader proves that no earlier event can still appear. The stream's row comes before the positions too, so that inside a stream
-- positions rise with versions. There is no NOTIFY here: it would take a lock on the whole cluster until the flush.
--
-- Plans last as long as the connection, or until the tables are next analyzed. One made for a table of a few rows would read the whole of
-- it, also when it has grown to millions; so this function and the others look up by index only (enable_seqscan).
CREATE FUNCTION {schema}.append(
    p_stream text, p_expected bigint, p_created_at timestamptz, p_ids uuid[], p_types text[], p_schema_versions int[],
    p_content_types text[], p_data json[], p_data_binary bytea[], p_metadata json[], p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $append$
DECLARE
    v_count      int := cardinality(p_ids);
    v_now        timestamptz := clock_timestamp();
    v_created_at timestamptz := coalesce(p_created_at, v_now);
    v_stream     bigint;
    v_before     bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1);

    UPDATE {schema}.streams s
    SET version = s.version + v_count, last_activity_at = v_now
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    RETURNING s.id, s.version - v_count INTO v_stream, v_before;

    IF NOT FOUND THEN
        IF p_expected NOT IN (-1, 0) THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: without a row the caller is told that nothing was written. It waits for a transaction that is
        -- creating the same stream.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        VALUES (p_stream, v_count, v_created_at, v_now)
        ON CONFLICT (name) DO NOTHING
        RETURNING s.id, 0 INTO v_stream, v_before;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    IF v_count = 1 THEN
        -- Scalars have one plan for all, here.
        RETURN QUERY
        INSERT INTO {schema}.events AS e (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
        VALUES (
            v_stream, v_before + 1, v_created_at, p_ids[1], p_types[1], p_schema_versions[1], p_content_types[1], p_data[1], p_data_binary[1],
            p_metadata[1], p_correlation_ids[1], p_causation_ids[1])
        RETURNING e.version, e.position, e.position;
    ELSE
        RETURN QUERY
        SELECT *
        FROM {schema}.insert_events(
            v_stream, v_before, v_created_at, p_ids, p_types, p_schema_versions, p_content_types, p_data, p_data_binary, p_metadata,
            p_correlation_ids, p_causation_ids);
    END IF;
END
$append$;
