using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>
/// Writes times and compares what every part of the store makes of them with what the server itself says. Says <c>zone</c> with the time
/// zone, <c>wrong</c> with each time that is not right to the microsecond, and <c>done</c>.
/// </summary>
internal sealed class TimesProcess(IHost host, string connectionString)
{
    /// <summary>The last and the first microsecond of hours and years; an hour that Europe skips, and one that it has twice.</summary>
    private static readonly DateTimeOffset[] Moments =
    [
        At(2026, 3, 29, 0, 59, 59).AddMicroseconds(999_999), At(2026, 3, 29, 1, 30, 0), At(2026, 10, 25, 0, 30, 0).AddMicroseconds(123_456),
        At(2026, 10, 25, 1, 30, 0).AddMicroseconds(123_456), At(1999, 12, 31, 23, 59, 59).AddMicroseconds(999_999),
        At(1970, 1, 1, 0, 0, 0), At(2, 1, 1, 0, 0, 0),
    ];

    private readonly IEventStore _events = host.Services.GetRequiredService<IEventStore>();

    public static async Task<int> RunAsync(string connection, IEnumerable<string> switches)
    {
        foreach (var name in switches)
            AppContext.SetSwitch(name, true);

        Orders.Say($"zone {TimeZoneInfo.Local.GetUtcOffset(At(2026, 1, 1, 0, 0, 0))}");
        using var host = Stores.Host(
            connection, TimeSpan.FromHours(1), store
                => store.AddSubscriber<TimeWatch>("times").AddSubscriber<Refusal>("refusals", options => options.MaxAttempts = 1));
        await host.StartAsync();
        var process = new TimesProcess(host, connection);
        await process.CheckGivenTimesAsync();
        await process.CheckEndsOfTimeAsync();
        await process.CheckServerTimesAsync();
        await process.CheckSubscriptionsAsync();
        await using (var context = await process.ContextAsync())
        {
            if (context.Database.HasPendingModelChanges())
                Orders.Say("wrong: the model has pending changes");
        }

        await host.StopAsync();
        Orders.Say("done");
        return 0;
    }

    private static DateTimeOffset At(int year, int month, int day, int hour, int minute, int second)
        => new(year, month, day, hour, minute, second, TimeSpan.Zero);

    private async Task CheckGivenTimesAsync()
    {
        foreach (var (index, moment) in Moments.Index())
        {
            var stream = new StreamName($"given-{index}");
            var result = await _events.AppendManyAsync(
                [new(stream, ExpectedVersion.NoStream,
                    [new(new Numbered(index))]) { CreatedAt = moment.ToOffset(TimeSpan.FromHours(-9)) }]);
            await CheckAsync($"stored {moment:O}",
                $"SELECT created_at FROM eventstore.events WHERE position = {result[0].FirstPosition}", moment);
            Check($"read {moment:O}", moment, (await _events.ReadStreamAsync(stream).SingleAsync()).CreatedAt);
            var info = (await _events.Streams.FindAsync(stream))!;
            Check($"created {moment:O}", moment, info.CreatedAt);
            await CheckAsync(
                $"last active {moment:O}", $"SELECT last_activity_at FROM eventstore.streams WHERE name = '{stream}'", info.LastActivityAt);

            var found = await _events.ReadAllAsync(new() { Filter = EventFilter.Created(moment, moment.AddMicroseconds(1)) }).ToListAsync();
            CheckCount($"filtered {moment:O}", 1, found.Count);
            var others = await _events.ReadAllAsync(
                new() { Filter = EventFilter.Created(moment.AddMicroseconds(1), moment.AddMicroseconds(2)) }).CountAsync();
            CheckCount($"filtered beside {moment:O}", 0, others);

            await using var context = await ContextAsync();
            var stored = await context.Events.Where(@event => @event.CreatedAt == moment.UtcDateTime).ToListAsync();
            CheckCount($"LINQ {moment:O}", 1, stored.Count);
            foreach (var @event in stored)
                Check($"LINQ {moment:O} is {@event.CreatedAt.Kind}", moment, new(DateTime.SpecifyKind(@event.CreatedAt, DateTimeKind.Utc)));

            Check($"LINQ stream {moment:O}", moment, Utc((await context.Streams.SingleAsync(row => row.Name == stream.Value)).CreatedAt));
        }

        // Page by page, each page by the time at which the one before ended.
        var names = await _events.Streams.ListAsync(new() { OrderBy = StreamOrder.LastActivity, PageSize = 1 })
            .Select(info => info.Name.Value).ToListAsync();
        if (!names.SequenceEqual(Moments.Index().Select(moment => $"given-{moment.Index}").Reverse()))
            Orders.Say($"wrong: the order of streams by activity: {string.Join(", ", names)}");
    }

    /// <summary>Neither is stored as PostgreSQL's infinity. In local times there is no hour before the first one.</summary>
    private async Task CheckEndsOfTimeAsync()
    {
        if (AppContext.TryGetSwitch("Npgsql.EnableLegacyTimestampBehavior", out var isLegacy) && isLegacy)
            return;

        foreach (
            var (given, stored) in ((DateTimeOffset, DateTimeOffset)[])[(DateTimeOffset.MinValue, DateTimeOffset.MinValue),
                (DateTimeOffset.MaxValue, DateTimeOffset.MaxValue.AddTicks(-9))])
        {
            var result = await _events.AppendManyAsync(
                [new($"end-{given.Year}", ExpectedVersion.NoStream, [new(new Numbered(1))]) { CreatedAt = given }]);
            Check($"read {given:O}", stored, (await _events.ReadStreamAsync($"end-{given.Year}").SingleAsync()).CreatedAt);
            if (!(bool)(
                await ScalarAsync($"SELECT isfinite(created_at) FROM eventstore.events WHERE position = {result[0].FirstPosition}"))!)
                Orders.Say($"wrong: {given:O} is stored as infinity");
        }

        CheckCount("all times", 2,
            await _events.ReadAllAsync(
                new()
                {
                    Filter = EventFilter.StreamPrefix("end").AndCreated(DateTimeOffset.MinValue,
                    DateTimeOffset.MaxValue)
                }).CountAsync());
    }

    private async Task CheckServerTimesAsync()
    {
        var result = await _events.AppendAsync("server-1", ExpectedVersion.NoStream, new Numbered(1));
        var created = (await _events.ReadStreamAsync("server-1").SingleAsync()).CreatedAt;
        await CheckAsync("the server's time", $"SELECT created_at FROM eventstore.events WHERE position = {result.FirstPosition}", created);
        if ((TimeProvider.System.GetUtcNow() - created).Duration() > TimeSpan.FromMinutes(10))
            Orders.Say($"wrong: the server's time {created:O}");

        await _events.Snapshots.RecordAsync(new() { Source = "server-1", Type = "tally", Version = 1, Payload = "{}"u8.ToArray() });
        var snapshot = (await _events.Snapshots.FindAsync("server-1", "tally"))!;
        await CheckAsync("a snapshot", "SELECT created_at FROM eventstore.snapshots", snapshot.CreatedAt!.Value);

        await _events.Streams.DeleteAsync("server-1", ExpectedVersion.Any);
        var deleted = (await _events.Streams.FindAsync("server-1"))!;
        await CheckAsync("a deleted stream", "SELECT deleted_at FROM eventstore.streams WHERE name = 'server-1'", deleted.DeletedAt!.Value);
    }

    private async Task CheckSubscriptionsAsync()
    {
        var result = await _events.AppendManyAsync(
            [new("watched-1", ExpectedVersion.NoStream, [new(new Ticked())]) { CreatedAt = Moments[3] }]);
        await _events.Subscriptions.WaitForAsync("times", result[0].LastPosition, TimeSpan.FromMinutes(1));
        Check("handled", Moments[3], TimeWatch.Last);
        var info = (await _events.Subscriptions.FindAsync("times"))!;
        await CheckAsync("a subscription", "SELECT created_at FROM eventstore.subscriptions WHERE name = 'times'", info.CreatedAt);
        if (info.Status is not SubscriptionStatus.Running)
            Orders.Say($"wrong: the subscription is {info.Status}");

        // The lease is of one hour, and renewed meanwhile.
        if ((info.Partitions[0].LeaseExpiresAt!.Value - TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1)).Duration() > TimeSpan.FromMinutes(
            10))
            Orders.Say($"wrong: the lease ends at {info.Partitions[0].LeaseExpiresAt:O}");

        await _events.AppendAsync("refused-1", ExpectedVersion.NoStream, new Noted("x"));
        try
        {
            await _events.Subscriptions.WaitForAsync("refusals", (await _events.ReadStreamAsync("refused-1").SingleAsync()).Position,
                TimeSpan.FromMinutes(1));
        }
        catch (EventParkedException)
        {
            // As it must be.
        }

        var parked = await _events.Subscriptions.ListParkedAsync("refusals").SingleAsync();
        const string ParkedAt = "SELECT parked_at FROM eventstore.parked_events";
        await CheckAsync("a parked event", ParkedAt, parked.ParkedAt);
        await using var context = await ContextAsync();
        await CheckAsync("LINQ of a parked event", ParkedAt, Utc((await context.ParkedEvents.SingleAsync()).ParkedAt));
        await CheckAsync(
            "LINQ of a subscription", "SELECT created_at FROM eventstore.subscriptions WHERE name = 'times'",
            Utc((await context.Subscriptions.SingleAsync(row => row.Name == "times")).CreatedAt));
    }

    private static DateTimeOffset Utc(DateTime time)
    {
        if (time.Kind is not DateTimeKind.Utc)
            Orders.Say($"wrong: a time of kind {time.Kind}");

        return new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
    }

    private static void Check(string what, DateTimeOffset expected, DateTimeOffset actual)
    {
        if (expected != actual || actual.Offset != TimeSpan.Zero)
            Orders.Say($"wrong: {what}: {actual:O} instead of {expected:O}");
    }

    private static void CheckCount(string what, int expected, int actual)
    {
        if (expected != actual)
            Orders.Say($"wrong: {what}: {actual} instead of {expected}");
    }

    /// <summary>The server's own microseconds, which no setting of the process changes.</summary>
    private async Task CheckAsync(string what, string sql, DateTimeOffset actual)
    {
        var microseconds = (long)(await ScalarAsync($"SELECT round(extract(epoch FROM ({sql})) * 1000000)::bigint"))!;
        Check(what, DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), actual);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private Task<EventStoreDbContext> ContextAsync()
        => host.Services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContextAsync();
}

/// <summary>Keeps the time of the last event that it got.</summary>
internal sealed class TimeWatch : ISubscriber<Ticked>
{
    public static DateTimeOffset Last { get; private set; }

    public ValueTask HandleAsync(Ticked @event, EventContext context, CancellationToken cancellationToken)
    {
        Last = context.CreatedAt;
        return ValueTask.CompletedTask;
    }
}

/// <summary>Handles nothing.</summary>
internal sealed class Refusal : ISubscriber<Noted>
{
    public ValueTask HandleAsync(Noted @event, EventContext context, CancellationToken cancellationToken)
        => throw new InvalidOperationException("Refused.");
}
