using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// What a database must do for the store: all that differs between PostgreSQL and SQLite. Everything else is written once, above.
/// </summary>
internal interface IStorage
{
    /// <summary>What there is to check when the database can't be reached or refuses: the end of the sentence "Check …".</summary>
    string WhatToCheck { get; }

    /// <summary>The statements by which subscriptions are owned and checkpointed.</summary>
    SubscriptionStatements Subscriptions { get; }

    /// <summary>
    /// Writes the events in one transaction. <see langword="null"/> when the stream was not as expected, was created by somebody
    /// else meanwhile, or an id stands already; nothing was written then, and <see cref="InspectAsync"/> tells why.
    /// </summary>
    Task<AppendResult?> AppendAsync(AppendPlan plan, CancellationToken ct);

    /// <summary>The stream as it is now, and those of the ids that stand in the store.</summary>
    Task<StreamInspection> InspectAsync(AppendPlan plan, CancellationToken ct);

    /// <summary>One page of a stream's events.</summary>
    Task<StreamPage> ReadStreamAsync(StreamPageQuery query, CancellationToken ct);

    /// <summary>One page of all events; forward never beyond what is settled.</summary>
    Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct);

    /// <summary>
    /// Calls <paramref name="appended"/> when another process has appended, as soon as the database can tell. Returns only by
    /// cancellation or by an exception; it may be called again then.
    /// </summary>
    Task WatchAsync(Action appended, CancellationToken ct);

    /// <summary>Tells the other processes that this one has appended.</summary>
    Task AnnounceAsync(CancellationToken ct);

    /// <summary>Whose fault an exception of this storage is. To be asked of every one: a lost connection voids what was known of positions.</summary>
    StorageFailure Classify(Exception exception);
}

/// <summary>Makes a store's parts for one kind of database.</summary>
internal interface IStorageProvider
{
    /// <summary>The provider's package, for messages: <c>EventStore.EF.Sqlite</c>.</summary>
    string Name { get; }

    /// <summary>Points the context at the database, with the provider's model, migrations and the run-time schema.</summary>
    void Configure(DbContextOptionsBuilder builder, string schema);

    /// <summary>The store's access to the database.</summary>
    IStorage CreateStorage(IDbContextFactory<EventStoreDbContext> contexts, EventCatalog catalog, EventStoreOptions options, TimeProvider time);
}
