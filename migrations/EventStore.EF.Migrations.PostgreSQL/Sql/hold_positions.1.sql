-- Takes the locks that tell readers which positions may still appear. Every function that takes positions calls it before the first one.
--
-- The store's lock is what a reader waits for: while a transaction has it, events of that transaction may still appear. It is shared, so
-- that appends never wait for each other.
--
-- The other lock's key is the last position that was handed out so far, its low 32 bits: whatever the transaction appends comes after it.
-- By that a reader knows at once up to where nothing can appear, however long the transaction stays open. It is taken first: whoever has the
-- store's lock has this one too. Only the first call of a transaction takes it, or a transaction with 10,000 appends would fill the
-- server's lock table. A setting remembers that; a rollback to a savepoint takes setting and locks back together.
--
-- Reading the last position takes SELECT on the sequence.
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
