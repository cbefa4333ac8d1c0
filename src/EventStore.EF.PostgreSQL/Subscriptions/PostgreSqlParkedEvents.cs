namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="ParkedStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlParkedEvents
{
    public static ParkedStatements Statements(SchemaName schema) => new()
    {
        Keys = schema.In("SELECT DISTINCT key FROM {schema}.parked_events WHERE subscription_id = @id"),
        Park = schema.In("""
            INSERT INTO {schema}.parked_events (subscription_id, key, place, event_id, position, error, attempts, is_replay_requested)
            VALUES (@id, @key, @place, @event_id, @position, @error::text, @attempts,
                @is_replayed OR EXISTS (SELECT FROM {schema}.parked_events WHERE subscription_id = @id AND key = @key AND is_replay_requested)
                OR (@error::text IS NULL AND NOT EXISTS (SELECT FROM {schema}.parked_events WHERE subscription_id = @id AND key = @key)))
            ON CONFLICT (subscription_id, place) DO NOTHING
            """),
        NextReplay = schema.In("""
            SELECT id, place, key, event_id, position, error, attempts
            FROM {schema}.parked_events
            WHERE subscription_id = @id AND is_replay_requested
            ORDER BY place
            LIMIT 1
            """),
        Remove = schema.In("DELETE FROM {schema}.parked_events WHERE subscription_id = @id AND place = @place"),
        IsParked = schema.In("SELECT 1 FROM {schema}.parked_events WHERE subscription_id = @id AND place = @place"),
        HasKey = schema.In("SELECT 1 FROM {schema}.parked_events WHERE subscription_id = @id AND key = @key LIMIT 1"),
        Fail = schema.In("UPDATE {schema}.parked_events SET error = @error, attempts = attempts + @tries WHERE subscription_id = @id AND place = @place"),
        EndReplay = schema.In("UPDATE {schema}.parked_events SET is_replay_requested = false WHERE subscription_id = @id AND key = @key AND is_replay_requested"),
        Clear = schema.In("DELETE FROM {schema}.parked_events WHERE subscription_id = @id"),
    };
}
