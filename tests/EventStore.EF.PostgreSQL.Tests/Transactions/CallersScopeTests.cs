using System.Transactions;
using EventStore.EF.Append;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Storage;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Transactions;

/// <summary>The specification again, with a data source of the caller's whose connections would enlist.</summary>
public sealed class DataSourceScopeTests(DataSourceFixture fixture) : CallersScopeSpecification(fixture), IClassFixture<DataSourceFixture>
{
    [Fact]
    public async Task No_connection_of_the_store_is_in_a_transaction_because_its_caller_is()
    {
        await AppendAsync("order-1", 12);
        await using var context = await Store.CreateContextAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await ReadAsync("order-1");
            await ReadAllAsync();
            await Events.LoadAsync<Account>("order-1", Ct);
            await context.Events.CountAsync(Ct);
            _ = context.Streams.ToList();
            using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                Assert.Equal(0, await Database.ScalarAsync<int>(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"));
            }
        }
    }
}

/// <summary>What the append queue shares takes over nothing from the caller who is the first to append.</summary>
public sealed class AppendContextTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly AsyncLocal<string?> Mark = new();

    [Fact]
    public async Task The_shared_connection_and_the_groups_belong_to_nobody_s_context()
    {
        var marks = new List<string?>();
        var services = Store.Host.Services;
        var contexts = new MarkedContexts(services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>(), marks);
        await using var background = new BackgroundConnections(contexts, kept: 0);
        await using var storage = new PostgreSqlStorage(
            contexts, background, services.GetRequiredService<EventCatalog>(), new("eventstore"), new(), new(100, IsShared: false), pageBytes: 8_000_000,
            services.GetRequiredService<OperationMeter>(), TimeProvider.System);
        var planner = services.GetRequiredService<EventPlanner>();
        await using (var holder = await Database.OpenAsync())
        {
            // One stream is locked, so that groups are made, and appends are sent apart.
            await Events.AppendManyAsync("locked", ExpectedVersion.NoStream, Numbered(1), Ct);
            await using var transaction = await holder.BeginTransactionAsync(Ct);
            await Events.WithTransaction(transaction).AppendAsync("locked", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
            Mark.Value = "caller";
            var waiting = Enumerable.Range(0, 3).Select(_ => AppendAsync("locked")).ToArray();
            await Task.WhenAll(Enumerable.Range(0, 20).Select(number => AppendAsync($"free-{number}")));
            await transaction.CommitAsync(Ct);
            await Task.WhenAll(waiting);
        }

        Assert.NotEmpty(marks);
        Assert.All(marks, Assert.Null);

        async Task AppendAsync(StreamName stream)
            => Assert.NotNull(await storage.WriteAsync([planner.Plan(stream, ExpectedVersion.Any, Numbered(1))], null, Ct));
    }

    private sealed class MarkedContexts(IDbContextFactory<EventStoreDbContext> contexts, List<string?> marks)
        : IDbContextFactory<EventStoreDbContext>
    {
        public EventStoreDbContext CreateDbContext()
        {
            lock (marks)
                marks.Add(Mark.Value);

            return contexts.CreateDbContext();
        }
    }
}

/// <summary>A store on data sources as Npgsql makes them, which enlist.</summary>
public sealed class DataSourceFixture(PostgreSqlCluster cluster) : PostgreSqlFixture(cluster)
{
    private readonly List<NpgsqlDataSource> _dataSources = [];

    /// <inheritdoc/>
    public override void Use(EventStoreDatabaseBuilder builder, string connectionString)
    {
        var dataSource = NpgsqlDataSource.Create(connectionString);
        _dataSources.Add(dataSource);
        builder.UsePostgreSql(dataSource, options => options.Notifications = options.PreparedStatements = !IsPooled);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        foreach (var dataSource in _dataSources)
            await dataSource.DisposeAsync();
    }
}
