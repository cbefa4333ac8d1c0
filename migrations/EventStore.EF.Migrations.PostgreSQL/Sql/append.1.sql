-- Appends one event to one stream.
--
--   p_stream           the stream's name
--   p_expected         the version that the stream must have; -1 any, -2 any of an existing stream
--   p_created_at       the time to store; NULL for the server's clock
--   p_id               the event's id
--
-- Returns the stream's new version, and the event's position twice, as append_many does. No row: nothing was written, because the stream is
-- not as expected, is deleted, or was just created by another transaction. The caller then looks for the reason, and may try again.
-- Raises 23505 on ux_eventstore_events_event_id if the id already exists.
--
-- The order of locks matters. The stream's row is locked first, so an append that waits for it delays no reader. The store's advisory lock
-- (hold_positions) is taken before any position, and kept until after the commit is visible: it lets a reader prove that no earlier event
-- can still appear. Because the row is also locked before positions are taken, positions rise with versions inside a stream. There is no
-- NOTIFY here: it would hold a lock on the whole cluster until the flush.
--
-- Plans last as long as the connection, or until the tables are next analyzed. A plan made for a table of a few rows would read the whole
-- table even after it has grown to millions; so this function and the others look up by index only (enable_seqscan).
--
-- This is append_many for one event, without arrays, which makes a lone append a twentieth faster.
CREATE FUNCTION {schema}.append(
    p_stream text, p_expected bigint, p_created_at timestamptz, p_id uuid, p_type text, p_schema_version int,
    p_content_type text, p_data json, p_data_binary bytea, p_metadata json, p_correlation_id uuid, p_causation_id uuid)
RETURNS TABLE (stream_version bigint, first_position bigint, last_position bigint)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $append$
DECLARE
    v_now        timestamptz := clock_timestamp();
    v_created_at timestamptz := coalesce(p_created_at, v_now);
    v_stream     bigint;
    v_before     bigint;
BEGIN
    UPDATE {schema}.streams s
    SET version = s.version + 1, last_activity_at = v_now
    WHERE s.name = p_stream AND s.deleted_at IS NULL AND (p_expected < 0 OR s.version = p_expected)
    RETURNING s.id, s.version - 1 INTO v_stream, v_before;

    IF NOT FOUND THEN
        IF p_expected NOT IN (-1, 0) THEN
            RETURN;
        END IF;

        -- DO NOTHING hides no failure: no row tells the caller that nothing was written. It waits for a transaction that is creating the
        -- same stream.
        INSERT INTO {schema}.streams AS s (name, version, created_at, last_activity_at)
        VALUES (p_stream, 1, v_created_at, v_now)
        ON CONFLICT (name) DO NOTHING
        RETURNING s.id, 0 INTO v_stream, v_before;

        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    PERFORM {schema}.hold_positions();

    RETURN QUERY
    INSERT INTO {schema}.events AS e (
        stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata, correlation_id, causation_id)
    VALUES (
        v_stream, v_before + 1, v_created_at, p_id, p_type, p_schema_version, p_content_type, p_data, p_data_binary, p_metadata,
        p_correlation_id, p_causation_id)
    RETURNING e.version, e.position, e.position;
END
$append$;
