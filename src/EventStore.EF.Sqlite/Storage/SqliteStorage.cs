namespace EventStore.EF.Sqlite;

/// <summary>The store on SQLite. Each part is written where its concept lies.</summary>
internal sealed class SqliteStorage(SqliteDatabase database, SchemaName schema, EventCatalog catalog) : IStorage
{
    private readonly WriteQueue _writes = WriteQueue.Of(database.Path);
    private readonly AppendStatements _append = new(schema);
    private readonly InspectStatements _inspect = new(schema);
    private readonly PageReader _pages = new(database, schema, catalog);
    private readonly SqliteErrors _errors = new(database, schema);

    public string WhatToCheck => $"the path in the connection string ({database.Path}), that its folder exists, the access rights of both, and that no other process keeps the file locked";

    public SubscriptionStatements Subscriptions { get; } = SqliteSubscriptions.Statements(schema);

    public Task<AppendResult?> AppendAsync(AppendPlan plan, CancellationToken ct) => _writes.AppendAsync(database, _append, plan, ct);

    public async Task<StreamInspection> InspectAsync(AppendPlan plan, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = database.Open();
        return _inspect.Run(connection, plan);
    }

    public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, CancellationToken ct) => _pages.ReadStreamAsync(query, ct);

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => _pages.ReadAllAsync(query, ct);

    public Task WatchAsync(Action appended, CancellationToken ct) => new DataVersionWatch(database).RunAsync(appended, ct);

    /// <summary>Nothing to do: the commit itself is what <see cref="WatchAsync"/> sees.</summary>
    public Task AnnounceAsync(CancellationToken ct) => Task.CompletedTask;

    public StorageFailure Classify(Exception exception) => _errors.Classify(exception);
}
