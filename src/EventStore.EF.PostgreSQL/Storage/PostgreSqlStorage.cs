using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>The store's access to PostgreSQL.</summary>
internal sealed class PostgreSqlStorage : IStorage, IDisposable
{
    private static readonly TimeSpan AliveCheck = TimeSpan.FromSeconds(30);

    private readonly IDbContextFactory<EventStoreDbContext> _contexts;
    private readonly SchemaName _schema;
    private readonly PostgreSqlOptions _options;
    private readonly PageReader _reader;
    private readonly SettledPosition _settled;
    private readonly string _sender = Guid.NewGuid().ToString("N");
    private readonly string _append;

    public PostgreSqlStorage(
        IDbContextFactory<EventStoreDbContext> contexts, EventCatalog catalog, SchemaName schema, PostgreSqlOptions options, TimeProvider time)
    {
        _contexts = contexts;
        _schema = schema;
        _options = options;
        _settled = new(time);
        _reader = new(contexts, catalog, schema, options, _settled);
        _append = schema.In(AppendStatements.Append);
        Subscriptions = PostgreSqlSubscriptions.Statements(schema);
    }

    public string WhatToCheck => "that the server is running, and host, port, user, password and database name in the connection string";

    public SubscriptionStatements Subscriptions { get; }

    public async Task<AppendResult?> AppendAsync(AppendPlan plan, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(_append, connection.Npgsql());
        AddParameters(command.Parameters, plan);
        if (_options.PreparedStatements)
            await command.PrepareAsync(ct).ConfigureAwait(false);

        try
        {
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, ct).ConfigureAwait(false);
            return await reader.ReadAsync(ct).ConfigureAwait(false)
                ? new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2))
                : null;
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedAppend(exception))
        {
            return null;
        }
    }

    public async Task<StreamInspection> InspectAsync(AppendPlan plan, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct).ConfigureAwait(false);
        await using var events = new NpgsqlCommand(_schema.In(AppendStatements.InspectEvents), connection.Npgsql());
        events.Parameters.Add(new() { Value = Column(plan, @event => @event.Id), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var standing = new List<StandingEvent>();
        await using (var reader = await events.ExecuteReaderAsync(ct).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(ct).ConfigureAwait(false))
                standing.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        await using var stream = new NpgsqlCommand(_schema.In(AppendStatements.InspectStream), connection.Npgsql());
        stream.Parameters.Add(new() { Value = plan.Stream.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var state = await stream.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await state.ReadAsync(ct).ConfigureAwait(false)
            ? new(state.GetInt64(0), state.GetBoolean(1), standing)
            : new(null, false, standing);
    }

    public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, CancellationToken ct) => _reader.ReadStreamAsync(query, ct);

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => _reader.ReadAllAsync(query, ct);

    public async Task WatchAsync(Action appended, CancellationToken ct)
    {
        if (!_options.Notifications)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct).ConfigureAwait(false);
            return;
        }

        await using var connection = await OpenAsync(ct).ConfigureAwait(false);
        var listener = connection.Npgsql();
        listener.Notification += OnNotification;
        try
        {
            await using var listen = new NpgsqlCommand(_schema.In(NotificationStatements.Listen), listener);
            await listen.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

            // What was appended before the server listened for us.
            appended();
            await using var check = new NpgsqlCommand("SELECT 1", listener);
            while (true)
            {
                // A cut network is noticed by asking; meanwhile polling finds what is new.
                if (!await listener.WaitAsync(AliveCheck, ct).ConfigureAwait(false))
                    await check.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            }
        }
        finally
        {
            listener.Notification -= OnNotification;
        }

        void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
        {
            if (notification.Payload != _sender)
                appended();
        }
    }

    public async Task AnnounceAsync(CancellationToken ct)
    {
        if (!_options.Notifications)
            return;

        await using var connection = await OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(_schema.In(NotificationStatements.Notify), connection.Npgsql());
        command.Parameters.Add(new() { Value = _sender, NpgsqlDbType = NpgsqlDbType.Text });
        if (_options.PreparedStatements)
            await command.PrepareAsync(ct).ConfigureAwait(false);

        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    public StorageFailure Classify(Exception exception)
    {
        var failure = PostgreSqlErrors.Classify(exception);

        // Whoever answers next may be a promoted stand-by or a restored database, which hands positions out again.
        if (failure is not StorageFailure.None)
            _settled.Forget();

        return failure;
    }

    public void Dispose() => _settled.Dispose();

    private ValueTask<StoreConnection> OpenAsync(CancellationToken ct) => StoreConnection.OpenAsync(_contexts, ct);

    private static void AddParameters(NpgsqlParameterCollection parameters, AppendPlan plan)
    {
        parameters.Add(new() { Value = plan.Stream.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new() { Value = plan.Expected.Version ?? (plan.Expected.CreatesStream ? -1 : -2), NpgsqlDbType = NpgsqlDbType.Bigint });
        parameters.Add(new() { Value = Column(plan, @event => @event.Id), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        parameters.Add(new() { Value = Column(plan, @event => @event.Type), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new() { Value = Column(plan, @event => @event.SchemaVersion), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(new() { Value = Column(plan, @event => @event.Data), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json });
        parameters.Add(new() { Value = Column(plan, @event => @event.Metadata), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json });
        parameters.Add(new() { Value = Column(plan, @event => @event.CorrelationId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        parameters.Add(new() { Value = Column(plan, @event => @event.CausationId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
    }

    private static T[] Column<T>(AppendPlan plan, Func<PlannedEvent, T> value)
    {
        var column = new T[plan.Events.Count];
        for (var index = 0; index < column.Length; index++)
            column[index] = value(plan.Events[index]);

        return column;
    }
}
