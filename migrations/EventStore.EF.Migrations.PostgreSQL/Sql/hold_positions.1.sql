-- Takes the locks that tell readers which positions may still appear. Every function that takes positions calls it before the first one.
--
-- A reader waits for the store's lock: while a transaction holds it, events of that transaction may still appear. The lock is shared, so
-- that appends never wait for each other.
--
-- The other lock's key is the low 32 bits of the last position assigned so far: everything that the transaction appends comes after it. It
-- tells a reader immediately up to where nothing can appear, however long the transaction stays open. It is taken first, so a transaction
-- that has the store's lock has this one too. Only the first call in a transaction takes it, or a transaction with 10,000 appends would
-- fill the server's lock table. A setting records that; a rollback to a savepoint undoes the setting and the locks together.
--
-- Reading the last position requires SELECT on the sequence.
CREATE FUNCTION {schema}.hold_positions()
RETURNS void
LANGUAGE plpgsql
AS $hold_positions$
BEGIN
    IF coalesce(current_setting('eventstore.positions_of_{schema}', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared(
            '{schema}.store_info'::regclass::oid::int, coalesce(pg_sequence_last_value('{schema}.events_position_seq'), 0)::bit(32)::int);
        PERFORM set_config('eventstore.positions_of_{schema}', 'held', true);
    END IF;

    PERFORM pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1);
END
$hold_positions$;
