using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace EventStore.EF;

/// <summary>
/// Owns the store's tables and their migrations, and makes their contents available to LINQ. The sets are read-only: events are written
/// only through <see cref="IEventStore"/>.
/// </summary>
/// <remarks>
/// Registered by <c>AddEventStore</c>, together with an <see cref="IDbContextFactory{TContext}"/>. The tables are in the schema chosen by
/// <c>UseSchema</c>, <c>eventstore</c> by default; on SQLite the schema's name is a prefix of the table names.
/// </remarks>
/// <param name="options">Created by <c>AddEventStore</c> or by a design-time factory.</param>
public sealed class EventStoreDbContext(DbContextOptions<EventStoreDbContext> options) : DbContext(options)
{
    /// <summary>All events, without tracking.</summary>
    public IQueryable<StoredEvent> Events => Set<StoredEvent>().AsNoTracking();

    /// <summary>All streams, including deleted ones, without tracking.</summary>
    public IQueryable<StoredStream> Streams => Set<StoredStream>().AsNoTracking();

    /// <summary>All links of events into other streams, without tracking.</summary>
    public IQueryable<StoredLink> Links => Set<StoredLink>().AsNoTracking();

    /// <summary>All durable subscriptions, without tracking.</summary>
    public IQueryable<StoredSubscription> Subscriptions => Set<StoredSubscription>().AsNoTracking();

    /// <summary>All parked events, without tracking.</summary>
    public IQueryable<StoredParkedEvent> ParkedEvents => Set<StoredParkedEvent>().AsNoTracking();

    /// <summary>Not supported: events are written through <see cref="IEventStore"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw ReadOnly();

    /// <summary>Not supported: events are written through <see cref="IEventStore"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
        => throw ReadOnly();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var extension = this.GetService<IDbContextOptions>().FindExtension<EventStoreOptionsExtension>()
            ?? throw new InvalidOperationException(
                "EventStoreDbContext is not configured for an event store. Register it with AddEventStore, not with AddDbContext.");
        EventStoreModel.Configure(modelBuilder);
        extension.ConfigureModel(modelBuilder);
    }

    internal static InvalidOperationException ReadOnly(string? call = null)
        => new(
            $"{(call is null ? "" : $"{call} is refused. ")}EventStoreDbContext is read-only. Append events with " +
            "IEventStore.AppendAsync, change streams with IEventStore.Streams and subscriptions with IEventStore.Subscriptions, and keep " +
            "your own entities in another DbContext.");
}
