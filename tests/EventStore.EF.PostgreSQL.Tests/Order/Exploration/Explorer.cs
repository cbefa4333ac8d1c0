using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>
/// Runs orders of appenders' steps in one database. After each step that took a position somebody else appends later ones, so that the
/// gap shows; and after each step all readers read on. They must have read what was committed, in order: nothing beyond the first position
/// that is still held, everything before the first gap, and everything when nobody is left. A subscription reads along by its tail reader.
/// </summary>
internal sealed class Explorer : IAsyncDisposable
{
    private const string Prefix = "explored";

    private readonly ExploredDatabase _database;
    private readonly TestStore _writer;
    private readonly TestStore[] _readers;
    private readonly Recorder _recorder;
    private readonly Cursor[] _remembering;
    private readonly Cursor[] _forgetful;
    private readonly SortedSet<long> _all = [];
    private readonly SortedSet<long> _committed = [];
    private readonly HashSet<long> _filteredOut = [];
    private long _start;
    private int _run;

    private Explorer(ExploredDatabase database, TestStore writer, TestStore[] readers, Recorder recorder)
    {
        _database = database;
        _writer = writer;
        _readers = readers;
        _recorder = recorder;
        _remembering = Cursors(readers[0]);
        _forgetful = Cursors(readers[1]);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Explorer> CreateAsync(StoreFixture fixture)
    {
        var database = await ExploredDatabase.CreateAsync(fixture);
        var recorder = new Recorder();
        var writer = fixture.CreateStore(database.Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("along");
        });
        await writer.Host.StartAsync(Ct);
        return new(database, writer, [Reader(), Reader()], recorder);

        TestStore Reader() => fixture.CreateStore(
            database.Database, builder => builder.Services.AddSingleton<TimeProvider>(new HurriedTime()));
    }

    /// <summary>Explores one order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="crash">Makes the server crash and recover after the last of the steps, if it is to.</param>
    public async Task ExploreAsync(ExploredOrder order, Func<TestDatabase, Task>? crash = null)
    {
        var appenders = order.Fates.Select(fate => new Appender(fate, _database, $"{Prefix}-{Guid.NewGuid():N}")).ToArray();
        var counted = new HashSet<Appender>();
        Begin();
        try
        {
            foreach (var appender in order.Steps.Select(index => appenders[index]))
            {
                var before = appender.Taken;
                await appender.StepAsync();
                if (appender.Taken > before)
                    await AppendAsync();

                await ReadAsync($"{order}");
            }

            if (crash is not null)
            {
                await crash(_database.Database);
                await _database.ReconnectAsync();
                foreach (var appender in appenders)
                    await appender.CrashedAsync();

                await ReadAsync($"{order}, then a crash");
                await AppendAsync();
                await ReadAsync($"{order}, then a crash and an append");
                foreach (var appender in appenders.Where(appender => !appender.IsOver))
                {
                    await appender.StepAsync();
                    await ReadAsync($"{order}, then a crash and its end");
                }
            }
        }
        finally
        {
            foreach (var appender in appenders)
                await appender.DisposeAsync();
        }

        async Task ReadAsync(string when)
        {
            foreach (var appender in appenders)
            {
                if (appender.Committed is { } position && counted.Add(appender))
                    Commit(position);
            }

            await AssertReadAsync(appenders.Min(appender => appender.HeldFrom), when);
        }
    }

    /// <summary>Asserts that everything has been read, by the subscription too.</summary>
    public async Task EndAsync()
    {
        await AppendAsync();
        await AssertReadAsync(null, "the end");
        await _recorder.WaitAsync(handled => handled.Count > 0 && handled[^1].Position >= _all.Max, Ct);
        Assert.Equal(_all, _recorder.Positions);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync();

        await _writer.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static Cursor[] Cursors(TestStore store)
    {
        var storage = store.Host.Services.GetRequiredService<IStorage>();
        var filter = EventFilter.StreamPrefix(Prefix);
        return [new(storage, 1, EventFilter.All), new(storage, 1, filter), new(storage, 2, filter), new(storage, 2, EventFilter.All), new(storage, 3, EventFilter.All), new(storage, 3, filter)];
    }

    private void Begin()
    {
        _run++;
        _start = _all.Max;
        _committed.Clear();

        // Not all of them read in every run.
        foreach (var cursor in _remembering.Concat(_forgetful))
        {
            cursor.Read.Clear();
            cursor.Position = _start;
        }
    }

    /// <summary>Somebody appends two events, of which a filter leaves one out.</summary>
    private async Task AppendAsync()
    {
        var results = await _writer.Events.AppendManyAsync(
            [
                new($"{Prefix}-{Guid.NewGuid():N}", ExpectedVersion.NoStream, new NewEvent(new Numbered(2))),
                new($"other-{Guid.NewGuid():N}", ExpectedVersion.NoStream, new NewEvent(new Numbered(3))),
            ],
            Ct);
        foreach (var result in results)
            Commit(result.LastPosition);

        _filteredOut.Add(results[1].LastPosition);
    }

    private void Commit(long position)
    {
        _committed.Add(position);
        _all.Add(position);
    }

    private async Task AssertReadAsync(long? heldFrom, string when)
    {
        // Every second one: all page sizes, with a filter or without. Whoever proves first spares the others the proof: the order of
        // readers changes, so that each is first.
        for (var index = 0; index < _remembering.Length; index += 2)
            await AssertReadAsync(_remembering[(index + _run) % _remembering.Length], heldFrom, when);

        // This process has lost its connection, and all that it knew, after each step.
        var forgetful = _forgetful[_run % _forgetful.Length];
        _ = forgetful.Storage.Classify(new NpgsqlException("", new IOException()));
        await AssertReadAsync(forgetful, heldFrom, when);
    }

    private async Task AssertReadAsync(Cursor cursor, long? heldFrom, string when)
    {
        await cursor.ReadOnAsync();
        var gap = _start + 1;
        while (_committed.Contains(gap))
            gap++;

        var all = _committed.Where(position => !(cursor.IsFiltered && _filteredOut.Contains(position))).ToArray();
        var least = all.Where(position => heldFrom is null || position < gap).ToArray();
        var most = all.Where(position => heldFrom is null || position < heldFrom).ToArray();
        Assert.True(
            cursor.Read.Count >= least.Length && most.Take(cursor.Read.Count).SequenceEqual(cursor.Read),
            $"{when}: committed {string.Join(' ', _committed)}, held from {heldFrom}; a reader ({cursor}) must have read {string.Join(' ', least)}, may have read {string.Join(' ', most)}, and has read {string.Join(' ', cursor.Read)}.");

        // A checkpoint beyond what is visible would skip what takes these numbers after a crash.
        Assert.True(cursor.Position <= _all.Max, $"{when}: a reader ({cursor}) stands at {cursor.Position}, and nothing is committed behind {_all.Max}.");
    }
}
