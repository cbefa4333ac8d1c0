-- Appends events to one stream: all of them or none.
--
--   p_stream           the stream's name
--   p_expected         the version the stream must be at; -1 any, -2 any, but the stream exists
--   p_ids              event ids; the other arrays have an element for each of them
--
-- Returns the stream's new version and the first and last position. No row: the stream is not as expected, is deleted, or another
-- transaction created it meanwhile; nothing is written. The caller looks for the reason then, and may try again.
-- Raises 23505 on ux_eventstore_events_event_id when an id stands already.
--
-- Order matters. The store's advisory lock comes before any position is taken, and is kept until after the commit is visible: by it
-- a reader proves that no earlier event can still appear. The stream's row comes before the positions too, so that inside a stream
-- positions rise with versions. There is no NOTIFY here: it would take a lock on the whole cluster until the flush.
CREATE FUNCTION {schema}.append(
    p_stream text, p_expected bigint, p_ids uuid[], p_types text[], p_schema_versions int[], p_data json[], p_metadata json[],
    p_correlation_ids uuid[], p_causation_ids uuid[])
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
AS $append$
DECLARE
    v_count  int := cardinality(p_ids);
    v_stream bigint;
    v_before bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1);

    UPDATE {schema}.streams s
    SET version = s.version + v_count
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    RETURNING s.id, s.version - v_count INTO v_stream, v_before;

    IF NOT FOUND THEN
        IF p_expected NOT IN (-1, 0) THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: without a row the caller is told that nothing was written. It waits for a transaction that is
        -- creating the same stream.
        INSERT INTO {schema}.streams AS s (name, version)
        VALUES (p_stream, v_count)
        ON CONFLICT (name) DO NOTHING
        RETURNING s.id, 0 INTO v_stream, v_before;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    IF v_count = 1 THEN
        -- Scalars have one plan for all; an array would be planned anew each time.
        RETURN QUERY
        INSERT INTO {schema}.events AS e (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
        VALUES (v_stream, v_before + 1, p_ids[1], p_types[1], p_schema_versions[1], p_data[1], p_metadata[1], p_correlation_ids[1], p_causation_ids[1])
        RETURNING e.version, e.position, e.position;
    ELSE
        RETURN QUERY
        WITH appended AS (
            INSERT INTO {schema}.events AS e (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
            SELECT v_stream, v_before + n.number, n.id, n.type, n.schema_version, n.data, n.metadata, n.correlation_id, n.causation_id
            FROM unnest(p_ids, p_types, p_schema_versions, p_data, p_metadata, p_correlation_ids, p_causation_ids) WITH ORDINALITY
                AS n (id, type, schema_version, data, metadata, correlation_id, causation_id, number)
            ORDER BY n.number
            RETURNING e.version, e.position)
        SELECT max(a.version), min(a.position), max(a.position)
        FROM appended a;
    END IF;
END
$append$;
