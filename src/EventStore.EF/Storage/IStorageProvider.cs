using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>Makes a store's parts for one kind of database.</summary>
internal interface IStorageProvider
{
    /// <summary>The provider's package, for messages: <c>EventStore.EF.Sqlite</c>.</summary>
    string Name { get; }

    /// <summary>What there is to check when the database can't be reached or refuses: the end of the sentence "Check …".</summary>
    string WhatToCheck { get; }

    /// <summary>Points a context at the database, with the provider's model, migrations and the run-time schema.</summary>
    /// <param name="builder">Of the context.</param>
    /// <param name="schema">The run-time schema.</param>
    /// <param name="connection">A connection of the caller's; by default the context has its own.</param>
    void Configure(DbContextOptionsBuilder builder, string schema, DbConnection? connection = null);

    /// <summary>
    /// Points a context for the store's background work at the database, whose connections come from a pool that no other work uses. False
    /// where there is none: it shares the pool of all, and is to keep <see cref="KeptConnections"/> open.
    /// </summary>
    bool ConfigureBackground(DbContextOptionsBuilder builder, string schema) => false;

    /// <summary>How many connections the background work keeps open where it has no pool of its own.</summary>
    int KeptConnections => 0;

    /// <summary>Refuses names of schemas that this kind of database can't have, when the store is registered.</summary>
    /// <exception cref="ArgumentException">The name can't be had.</exception>
    void CheckSchema(string schema)
    {
    }

    /// <summary>
    /// Refuses an existing database that the store can't work in, when the host starts: all that there is to know is asked in one
    /// round trip.
    /// </summary>
    /// <param name="context">A context of the store.</param>
    /// <param name="store">What the application asks of the store.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="InvalidOperationException">
    /// The database or its settings can't be worked with; the message says what to change.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">The database doesn't allow what the application asks of it.</exception>
    Task CheckAsync(EventStoreDbContext context, EventStoreRegistration store, CancellationToken ct);

    /// <summary>Whether the database itself exists. Trouble of asking is thrown, and never taken for an answer.</summary>
    Task<bool> ExistsAsync(EventStoreDbContext context, CancellationToken ct);

    /// <summary>The store's access to the database.</summary>
    IStorage CreateStorage(IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, EventStoreOptions options, TimeProvider time);
}
