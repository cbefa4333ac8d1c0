using EventStore.EF.Specification;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions.Workers;

/// <summary>What the database itself saw of a subscription's row: every change of checkpoint and owner, by whom and when.</summary>
internal sealed class CheckpointLedger(TestDatabase database)
{
    /// <summary>Has the database keep it from now on.</summary>
    public Task BeginAsync() => database.ExecuteAsync("""
        CREATE TABLE checkpoint_ledger (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, application text, before bigint, after bigint, epoch bigint, owner text);
        CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO checkpoint_ledger (at, application, before, after, epoch, owner)
            VALUES (clock_timestamp(), current_setting('application_name'), OLD.position, NEW.position, NEW.epoch, NEW.owner);
            RETURN NEW;
        END $$;
        CREATE TRIGGER keep_ledger AFTER UPDATE ON {subscriptions}
        FOR EACH ROW WHEN (OLD.position <> NEW.position OR OLD.epoch <> NEW.epoch OR OLD.owner IS DISTINCT FROM NEW.owner) EXECUTE FUNCTION keep_ledger();
        """);

    /// <summary>Everything so far, in order.</summary>
    public async Task<List<Entry>> ReadAsync()
    {
        await using var connection = (NpgsqlConnection)await database.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT at, application, before, after, epoch, owner FROM checkpoint_ledger ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var entries = new List<Entry>();
        while (await reader.ReadAsync())
            entries.Add(new(reader.GetDateTime(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetString(5)));

        return entries;
    }

    /// <summary>When an application took the subscription for the first time, if it did.</summary>
    public async Task<DateTime?> TakenByAsync(string application)
        => (await ReadAsync()).Find(entry => entry.Application == application && entry.Owner is not null)?.At;

    /// <summary>Asserts that the checkpoint never went back, and that whoever lost the subscription to another wrote nothing any more.</summary>
    public async Task AssertFencedAsync()
    {
        var entries = await ReadAsync();
        var (epoch, owner) = (0L, "");
        foreach (var entry in entries)
        {
            Assert.True(entry.After >= entry.Before, $"The checkpoint went back: {entry}");
            Assert.True(entry.Epoch >= epoch, $"The epoch went back: {entry}");
            if (entry.Epoch > epoch)
                (epoch, owner) = (entry.Epoch, entry.Application);

            Assert.True(entry.Application == owner, $"{owner} has it, and another wrote: {entry}");
        }
    }

    /// <summary>One change.</summary>
    internal sealed record Entry(DateTime At, string Application, long Before, long After, long Epoch, string? Owner);
}
