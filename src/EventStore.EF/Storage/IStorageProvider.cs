using System.Data.Common;
using EventStore.EF.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>Creates the services of a store for one kind of database.</summary>
internal interface IStorageProvider
{
    /// <summary>The provider's package, for messages: <c>EventStore.EF.Sqlite</c>.</summary>
    string Name { get; }

    /// <summary>The kind of database, for messages: <c>SQLite</c>.</summary>
    string Product { get; }

    /// <summary>What to check if the database can't be reached or refuses: the end of the sentence "Check …".</summary>
    string WhatToCheck { get; }

    /// <summary>What a migration waits for that takes long, for messages: the end of the sentence "It may be waiting for …".</summary>
    string MigrationsWaitFor { get; }

    /// <summary>Configures a context for the database, with the provider's model and migrations and the run-time schema.</summary>
    /// <param name="builder">The context's options builder.</param>
    /// <param name="schema">The run-time schema.</param>
    /// <param name="connection">The caller's connection; by default the context has its own.</param>
    void Configure(DbContextOptionsBuilder builder, string schema, DbConnection? connection = null);

    /// <summary>
    /// Configures a context for the store's background work, whose connections come from a separate pool. False if there is none: the
    /// context then shares the common pool, and must keep <see cref="KeptConnections"/> open.
    /// </summary>
    bool ConfigureBackground(DbContextOptionsBuilder builder, string schema) => false;

    /// <summary>Configures a context of the application beside the store, which may be on the same database or on any other.</summary>
    void ConfigureNeighbour(DbContextOptionsBuilder builder)
    {
    }

    /// <summary>The number of connections that the background work keeps open if it has no pool of its own.</summary>
    int KeptConnections => 0;

    /// <summary>Rejects schema names that this kind of database doesn't allow, when the store is registered.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    void CheckSchema(string schema)
    {
    }

    /// <summary>Rejects an existing database that the store can't use, when the host starts. All checks take one round trip.</summary>
    /// <param name="context">A context of the store.</param>
    /// <param name="writer">What needs a writable database, for messages; <see langword="null"/> if reading suffices.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="InvalidOperationException">The database or its settings can't be used; the message says what to change.</exception>
    /// <exception cref="EventStoreUnavailableException">The database doesn't allow what the application requires of it.</exception>
    Task CheckAsync(EventStoreDbContext context, string? writer, CancellationToken ct);

    /// <summary>Refuses a store whose tables the role of the connection may not read or, for a subscription, write.</summary>
    /// <param name="context">A context of the store.</param>
    /// <param name="schema">The run-time schema. It may not exist yet.</param>
    /// <param name="subscription">What runs durable subscriptions, for messages; <see langword="null"/> if nothing does.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="EventStoreUnavailableException">A right is missing; the message contains the grant.</exception>
    Task CheckRightsAsync(EventStoreDbContext context, string schema, string? subscription, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Whether the database itself exists. A failure to find out is thrown and never taken for an answer.</summary>
    Task<bool> ExistsAsync(EventStoreDbContext context, CancellationToken ct);

    /// <summary>Creates the store's access to the database.</summary>
    IStorage CreateStorage(
        IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, EventStoreOptions options,
        OperationMeter meter, TimeProvider time);
}
