using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>Appends to many streams, on one connection, for one group at a time.</summary>
internal sealed class GroupCommand : IAsyncDisposable
{
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter _streams = Parameters.Array(NpgsqlDbType.Text);
    private readonly NpgsqlParameter _expected = Parameters.Array(NpgsqlDbType.Bigint);
    private readonly NpgsqlParameter _counts = Parameters.Array(NpgsqlDbType.Integer);
    private readonly NpgsqlParameter _firsts = Parameters.Array(NpgsqlDbType.Integer);
    private readonly EventColumns _events = new();

    public GroupCommand(NpgsqlConnection connection, AppendStatements statements)
    {
        _command = new(statements.AppendGroup, connection);
        _command.Parameters.Add(_streams);
        _command.Parameters.Add(_expected);
        _command.Parameters.Add(_counts);
        _command.Parameters.Add(_firsts);
        _events.AddTo(_command.Parameters);
    }

    public Task PrepareAsync(CancellationToken ct) => _command.PrepareAsync(ct);

    /// <summary>
    /// Writes the slots that can be written without waiting, and answers their callers. Returns the slots left out, with the reason.
    /// </summary>
    public async Task<IReadOnlyList<LeftOutSlot>> RunAsync(IReadOnlyCollection<StreamBatch> slots)
    {
        var events = Set(slots);
        HashSet<long>? refused = null;
        var written = new (long Version, long Position)[events.Count];
        await using (var reader = await _command.ExecuteReaderAsync().ConfigureAwait(false))
        {
            // The rows come in the order of the events, in two runs; those of left-out slots are missing.
            var index = 0;
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                if (await reader.IsDBNullAsync(0).ConfigureAwait(false))
                {
                    (refused ??= []).Add(reader.GetInt64(1));
                    continue;
                }

                for (var id = reader.GetGuid(0); events[index].Id != id;)
                    index = (index + 1) % events.Count;

                written[index] = (reader.GetInt64(1), reader.GetInt64(2));
            }

            await reader.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return Answer(slots, written, refused);
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private static List<LeftOutSlot> Answer(
        IReadOnlyCollection<StreamBatch> slots, (long Version, long Position)[] written, HashSet<long>? refused)
    {
        var leftOut = new List<LeftOutSlot>();
        var first = 0;
        var place = 0L;
        foreach (var slot in slots)
        {
            place++;
            if (written[first].Version == 0)
                leftOut.Add(new(slot, refused?.Contains(place) == true ? LeftOutReason.Refused : LeftOutReason.Locked));
            else
                slot.Complete(written.AsSpan(first, slot.Events.Count));

            first += slot.Events.Count;
        }

        return leftOut;
    }

    private List<PlannedEvent> Set(IReadOnlyCollection<StreamBatch> slots)
    {
        var streams = new string[slots.Count];
        var expected = new long[slots.Count];
        var counts = new int[slots.Count];
        var firsts = new int[slots.Count];
        var events = new List<PlannedEvent>(slots.Count);
        var index = 0;
        foreach (var slot in slots)
        {
            streams[index] = slot.Stream.Value;
            expected[index] = slot.Expected.Sql();
            counts[index] = slot.Events.Count;
            firsts[index++] = events.Count + 1;
            events.AddRange(slot.Events);
        }

        _streams.Value = streams;
        _expected.Value = expected;
        _counts.Value = counts;
        _firsts.Value = firsts;
        _events.Set(events);
        return events;
    }
}

/// <summary>A slot that a group did not write.</summary>
internal readonly record struct LeftOutSlot(StreamBatch Slot, LeftOutReason Reason);

/// <summary>The reason why a group did not write a slot.</summary>
internal enum LeftOutReason
{
    /// <summary>Its stream is not as the first append expects.</summary>
    Refused,

    /// <summary>Another transaction locks its stream, or is creating it.</summary>
    Locked,

    /// <summary>It failed as a whole: an id already exists, or another transaction is appending it.</summary>
    Failed,
}
