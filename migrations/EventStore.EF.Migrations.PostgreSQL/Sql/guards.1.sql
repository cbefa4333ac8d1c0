-- Stored data stays unchanged, even for somebody who uses psql: events and links are never updated, deleted or truncated, and streams with
-- their numbering are never deleted, renamed or truncated. Only the store's own removals pass, each in its own transaction: the setting that
-- they make permits nothing to anybody but the table's owner, with whose rights they run. A trigger's argument says what it keeps.
CREATE FUNCTION {schema}.refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $refuse$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('{schema}.removal', true) = pg_current_xact_id_if_assigned()::text THEN
        IF current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
            RETURN NULL;
        END IF;

        RAISE EXCEPTION '% on %.% is refused: % does not own the table', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, current_user
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'Remove streams with the function {schema}.remove, which its owner may grant.';
    END IF;

    IF TG_NARGS > 0 THEN
        RAISE EXCEPTION '% on %.% is refused: %', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]
            USING ERRCODE = 'feature_not_supported';
    END IF;

    RAISE EXCEPTION '% on %.% is refused: stored events never change', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Append an event that corrects the earlier one.';
END
$refuse$;

CREATE TRIGGER events_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER links_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.stream_links
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER streams_are_kept
    BEFORE DELETE OR TRUNCATE ON {schema}.streams
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

CREATE TRIGGER streams_keep_their_names
    BEFORE UPDATE OF id, tenant, name ON {schema}.streams
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();

-- A subscription to a stream goes by the stream's version. If that fell, later events would take numbers that the subscription has passed.
-- AFTER, because the foreign key of links already has such a trigger, for which the old row is fetched anyway.
CREATE TRIGGER streams_versions_only_rise
    AFTER UPDATE OF version ON {schema}.streams
    FOR EACH ROW WHEN (NEW.version < OLD.version)
    EXECUTE FUNCTION {schema}.refuse('the version of a stream only rises');

-- Readers look for links only in streams that are marked.
CREATE TRIGGER streams_keep_their_links
    AFTER UPDATE OF has_links ON {schema}.streams
    FOR EACH ROW WHEN (OLD.has_links AND NOT NEW.has_links)
    EXECUTE FUNCTION {schema}.refuse('a stream that has links keeps has_links');

-- A time that .NET can't read would stop every reader of its row, and a version that nothing can follow every append to its stream. Whoever may
-- insert rows can write neither. (CHECK passes NULL.)
ALTER TABLE {schema}.events ADD CONSTRAINT events_are_readable
    CHECK (created_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz);

ALTER TABLE {schema}.streams ADD CONSTRAINT streams_are_readable
    CHECK (created_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz
        AND last_activity_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz
        AND deleted_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz
        AND version BETWEEN 0 AND 4611686018427387903);

ALTER TABLE {schema}.snapshots ADD CONSTRAINT snapshots_are_readable
    CHECK (created_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz);

ALTER TABLE {schema}.subscriptions ADD CONSTRAINT subscriptions_are_readable
    CHECK (created_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz
        AND lease_expires_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz
        AND last_error_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz);

ALTER TABLE {schema}.parked_events ADD CONSTRAINT parked_events_are_readable
    CHECK (parked_at BETWEEN '0001-01-01 00:00:00+00'::timestamptz AND '9999-12-31 23:59:59.999999+00'::timestamptz);

-- PostgreSQL lets everybody execute a new function. These are granted one by one.
REVOKE ALL ON FUNCTION
    {schema}.hold_positions, {schema}.hold_positions_of_insert, {schema}.append, {schema}.append_many, {schema}.append_group, {schema}.link,
    {schema}.hold_name, {schema}.expect, {schema}.remove, {schema}.refuse
FROM PUBLIC;
