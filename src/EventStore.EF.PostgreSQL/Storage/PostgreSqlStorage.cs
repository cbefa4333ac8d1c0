using System.Data;
using System.Data.Common;
using EventStore.EF.PostgreSQL.Append;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Operations;
using EventStore.EF.PostgreSQL.Order;
using EventStore.EF.PostgreSQL.Read;
using EventStore.EF.PostgreSQL.Streams;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Telemetry;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Storage;

/// <summary>Accesses the store in PostgreSQL.</summary>
internal sealed class PostgreSqlStorage : IStorage, IAsyncDisposable
{
    private static readonly TimeSpan AliveCheck = TimeSpan.FromSeconds(30);

    private readonly IDbContextFactory<EventStoreDbContext> _contexts;
    private readonly BackgroundConnections _background;
    private readonly SchemaName _schema;
    private readonly PostgreSqlOptions _options;
    private readonly StreamPageReader _streamPages;
    private readonly AllPageReader _allPages;
    private readonly SettledPosition _settled;
    private readonly SettlementReader _settlement;
    private readonly EngineCheck _engine;
    private readonly string _sender = Guid.NewGuid().ToString("N");
    private readonly string _appendedChannel;
    private readonly string _subscriptionsChannel;
    private readonly AppendStatements _statements;
    private readonly LockQueue _locks;
    private readonly AppendQueue _queue;
    private readonly CallerSavepoint _savepoint;
    private readonly MultiStreamWriter _together;
    private readonly ConflictReader _inspector;
    private readonly PostgreSqlTroubles _troubles;
    private readonly ServerInspector _server;

    public PostgreSqlStorage(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, SchemaName schema,
        PostgreSqlOptions options, PoolNeed pool, long pageBytes, OperationMeter meter, TimeProvider time)
    {
        _contexts = contexts;
        _background = background;
        _schema = schema;
        _options = options;
        _appendedChannel = schema.In(NotificationStatements.Appended);
        _subscriptionsChannel = schema.In(NotificationStatements.Subscriptions);
        _settled = new(time);
        _engine = new(background, schema);
        _settlement = new(background, schema, _settled, _engine, time);
        _streamPages = new(contexts, catalog, schema, options, pageBytes);
        _allPages = new(contexts, background, catalog, schema, options, pageBytes, _settled, _settlement);
        _statements = new(schema);
        _locks = new(pool.LockWaiters, new(contexts, schema));
        _queue = new(() => new(contexts, _statements, options), AppendApartAsync, _locks, meter, pageBytes);
        _savepoint = new(_locks);
        _together = new(contexts, _statements, _locks, _savepoint);
        _inspector = new(contexts, schema);
        _troubles = new(pool);
        _server = new(contexts, background, schema);
        Statements = PostgreSqlStatements.Of(schema);
    }

    public StoreStatements Statements { get; }

    public bool PreparesStatements => _options.PreparedStatements;

    public long Incarnation => _settled.Incarnation;

    public bool Accepts(DbTransaction transaction) => transaction is NpgsqlTransaction;

    public async Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        try
        {
            return await (transaction is null && plans is [AppendPlan { CreatedAt: null }]
                ? _queue.AppendAsync(plans, ct)
                : _together.WriteAsync(plans, transaction, ct)).ConfigureAwait(false);
        }
        catch (Exception exception) when (PostgreSqlErrors.IsPositionTaken(exception))
        {
            throw InconsistentStoreException.PositionTaken(exception);
        }
    }

    public Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
        => _inspector.InspectAsync(plans, transaction, ct);

    public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct)
        => _streamPages.ReadAsync(query, transaction, ct);

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => _allPages.ReadAsync(query, ct);

    public Task<long> ReadSettledAsync(CancellationToken ct) => _settlement.ReadSettledAsync(ct);

    public Task<long?> LookSettledAsync(CancellationToken ct) => _settlement.LookSettledAsync(ct);

    public Task<ServerInspection> InspectServerAsync(CancellationToken ct) => _server.RunAsync(ct);

    public async Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken ct)
    {
        await using var connection = await _background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(_schema.In(SettlementStatements.NamedHolders), connection.Npgsql());
        return [.. (await BlockerRows.ReadAsync(command, ct).ConfigureAwait(false)).Select(row => row.Transaction)];
    }

    public Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct)
        => transaction is null
            ? _locks.RunAsync((wait, token) => RemoveAsync(plan, null, wait, token), [plan.Stream], ct)
            : InCallersAsync(transaction, plan.Stream, token => RemoveAsync(plan, transaction, null, token), ct);

    public Task<T> InCallersAsync<T>(
        DbTransaction transaction, StreamName stream, Func<CancellationToken, Task<T>> write, CancellationToken ct)
        => _savepoint.RunAsync((NpgsqlTransaction)transaction, [stream], write, static _ => true, ct);

    public Task<T> WaitForLocksAsync<T>(
        StreamName stream, Func<Func<DbConnection, CancellationToken, Task>?, CancellationToken, Task<T>> write, CancellationToken ct)
        => _locks.RunAsync(
            (wait, token) => write((connection, limited) => LimitAsync((NpgsqlConnection)connection, wait, limited), token), [stream], ct);

    private static async Task LimitAsync(NpgsqlConnection connection, LockWait wait, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(AppendStatements.LimitWaits, connection)
        {
            Parameters = { Parameters.Text(wait.Setting) },
        };
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private async Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, LockWait? wait, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(_contexts, transaction, ct).ConfigureAwait(false);
        var sql = _schema.In(wait is null ? RemoveStatements.Remove : RemoveStatements.RemoveWithin);
        await using var command = new NpgsqlCommand(sql, connection.Npgsql())
        {
            Parameters =
            {
                Parameters.Text(plan.Stream.Value), Parameters.Bigint(plan.Expected.Sql()),
                Parameters.Optional(NpgsqlDbType.Bigint, plan.BeforeVersion),
            },
        };
        if (wait is { } limit)
        {
            command.Parameters.Add(Parameters.Text(limit.Setting));
            command.CommandTimeout = limit.CommandTimeout(command.CommandTimeout);
        }

        try
        {
            return (bool)(await command.ScalarAsync(ct).ConfigureAwait(false))!;
        }
        catch (PostgresException exception) when (transaction is null && PostgreSqlErrors.IsRefusedWrite(exception))
        {
            // Two streams that link each other's events were removed at the same time: the server undid this removal, which is tried again.
            return false;
        }
    }

    public async Task WatchAsync(Action<StoreChange> changed, CancellationToken ct)
    {
        if (!_options.Notifications)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct).ConfigureAwait(false);
            return;
        }

        await using var connection = await _background.OpenAsync(ct).ConfigureAwait(false);
        var listener = connection.Npgsql();
        listener.Notification += OnNotification;
        try
        {
            await using var listen = new NpgsqlCommand(_schema.In(NotificationStatements.Listen), listener);
            await listen.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

            // Covers changes from before LISTEN took effect.
            changed(StoreChange.Appended | StoreChange.Subscriptions);
            await using var check = new NpgsqlCommand("SELECT 1", listener);
            while (true)
            {
                // Only a query notices a cut network; until then, polling finds new events.
                if (!await listener.WaitAsync(AliveCheck, ct).ConfigureAwait(false))
                    await check.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            }
        }
        finally
        {
            listener.Notification -= OnNotification;
            await StopListeningAsync(listener).ConfigureAwait(false);
        }

        void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
        {
            if (notification.Payload != _sender)
                changed(notification.Channel == _subscriptionsChannel ? StoreChange.Subscriptions : StoreChange.Appended);
        }
    }

    /// <summary>Stops listening: the pool doesn't reset the store's connections, so their settings must be undone.</summary>
    private static async Task StopListeningAsync(NpgsqlConnection listener)
    {
        if (listener.State is not ConnectionState.Open)
            return;

        try
        {
            await using var unlisten = new NpgsqlCommand(NotificationStatements.Unlisten, listener);
            await unlisten.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The connection is broken, so it is not used again.
        }
    }

    public async Task AnnounceAsync(StoreChange change, CancellationToken ct)
    {
        if (!_options.Notifications)
            return;

        await using var connection = await _background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(NotificationStatements.Notify, connection.Npgsql());
        command.Parameters.Add(Parameters.Text(change is StoreChange.Subscriptions ? _subscriptionsChannel : _appendedChannel));
        command.Parameters.Add(Parameters.Text(_sender));
        if (_options.PreparedStatements)
            await command.PrepareAsync(ct).ConfigureAwait(false);

        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    public Task<string?> CheckEngineAsync(CancellationToken ct) => _engine.RunAsync(ct);

    public string? ServerIn(long incarnation) => _settled.ServerIn(incarnation);

    public void Observe(string server) => _settled.Observe(server);

    public StorageFailure Classify(Exception exception)
    {
        var failure = PostgreSqlErrors.Classify(exception);

        // The next answer may come from a promoted stand-by or a restored database, which assigns positions again.
        if (PostgreSqlErrors.IsBrokenConnection(exception))
            _settled.Forget();

        return failure;
    }

    public StorageFailure ClassifyForeign(Exception exception) => PostgreSqlErrors.Classify(exception);

    public StorageTrouble Diagnose(Exception exception) => _troubles.Diagnose(exception, Classify(exception));

    public DriverTrouble TroubleOf(Exception exception) => PostgreSqlErrors.TroubleOf(exception);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        _locks.Dispose();
        _settled.Dispose();
    }

    private ValueTask<StoreConnection> OpenAsync(CancellationToken ct) => StoreConnection.OpenAsync(_contexts, ct);

    /// <summary>Appends on a pool connection, which it keeps while it waits for a lock.</summary>
    private async Task<AppendResult?> AppendApartAsync(AppendPlan plan, LockWait wait, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(ct).ConfigureAwait(false);
            await using var command = AppendCommand.For(plan, connection.Npgsql(), _statements);
            return await command.RunAsync(plan, wait, ct).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
        {
            return null;
        }
    }
}
