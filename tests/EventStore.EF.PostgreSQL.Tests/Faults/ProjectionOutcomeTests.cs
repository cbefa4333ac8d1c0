using EventStore.EF.TestDatabases;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>Connections that break around a projection's commit: it finds out what became of it, and applies each event once.</summary>
public abstract class ProjectionOutcomeSuite(PostgreSqlFixture fixture) : ProjectionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private FaultyProxy? _proxy;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _proxy = new(Database.ConnectionString, "Command Timeout=1;Cancellation Timeout=-1");
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
    }

    public static MatrixTheoryData<MessageFault, string> Faults => new(
        [MessageFault.CutBefore, MessageFault.DropAnswer, MessageFault.Silence, MessageFault.Abandon], ["INSERT INTO tallies", "AND position < ", "COMMIT"]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_broken_message_of_the_transaction_leaves_each_event_applied_once(MessageFault fault, string text)
    {
        var application = NewApplication(
            options => options.MaxAttempts = 1, builder => builder.Configure(options => options.LeaseDuration = TimeSpan.FromSeconds(2)));
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, await Events.AppendManyAsync("first", ExpectedVersion.NoStream, Numbered(1), Ct));

        // The application itself talks to the server without a proxy: only the projection's connection breaks.
        _proxy!.Arm(fault, text);
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await _proxy.StruckAsync(Ct);
        await application.Events.Subscriptions.WaitForAsync(Projection, last.LastPosition, TimeSpan.FromSeconds(60), cancellationToken: Ct);

        await AssertEachEventOnceAsync();
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    /// <inheritdoc/>
    protected override void UseContext(DbContextOptionsBuilder context, string connectionString) => Use(context, _proxy!.ConnectionString);

    /// <summary>Points the context at a server, with or without retries of its own.</summary>
    protected abstract void Use(DbContextOptionsBuilder context, string connectionString);
}

public sealed class ProjectionOutcomeTests(PostgreSqlFixture fixture) : ProjectionOutcomeSuite(fixture)
{
    /// <inheritdoc/>
    protected override void Use(DbContextOptionsBuilder context, string connectionString) => context.UseNpgsql(connectionString);
}

public sealed class RetriedProjectionOutcomeTests(PostgreSqlFixture fixture) : ProjectionOutcomeSuite(fixture)
{
    /// <inheritdoc/>
    protected override void Use(DbContextOptionsBuilder context, string connectionString)
        => context.UseNpgsql(connectionString, npgsql => npgsql.EnableRetryOnFailure(6, TimeSpan.FromMilliseconds(5), null));
}
