using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace EventStore.EF;

/// <summary>
/// Owns the store's tables and their migrations, and offers its content to LINQ. The sets are read-only: events are written
/// through <see cref="IEventStore"/> alone.
/// </summary>
/// <remarks>
/// Registered by <c>AddEventStore</c>, together with an <see cref="IDbContextFactory{TContext}"/>. The tables lie in the schema
/// chosen by <c>UseSchema</c>, <c>eventstore</c> by default; on SQLite the schema's name is the beginning of the tables' names.
/// </remarks>
/// <param name="options">Made by <c>AddEventStore</c> or by a design-time factory.</param>
public sealed class EventStoreDbContext(DbContextOptions<EventStoreDbContext> options) : DbContext(options)
{
    /// <summary>Every event, without tracking.</summary>
    public IQueryable<StoredEvent> Events => Set<StoredEvent>().AsNoTracking();

    /// <summary>Every stream, deleted ones included, without tracking.</summary>
    public IQueryable<StoredStream> Streams => Set<StoredStream>().AsNoTracking();

    /// <summary>Every place that an event has in another stream than its own, without tracking.</summary>
    public IQueryable<StoredLink> Links => Set<StoredLink>().AsNoTracking();

    /// <summary>Every durable subscription, without tracking.</summary>
    public IQueryable<StoredSubscription> Subscriptions => Set<StoredSubscription>().AsNoTracking();

    /// <summary>Every event that a subscription has parked, without tracking.</summary>
    public IQueryable<StoredParkedEvent> ParkedEvents => Set<StoredParkedEvent>().AsNoTracking();

    /// <summary>Refused: events are written through <see cref="IEventStore"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw ReadOnly();

    /// <summary>Refused: events are written through <see cref="IEventStore"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) => throw ReadOnly();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var extension = this.GetService<IDbContextOptions>().FindExtension<EventStoreOptionsExtension>()
            ?? throw new InvalidOperationException("EventStoreDbContext takes its model from UseEventStore…: register it with AddEventStore, not with AddDbContext.");
        EventStoreModel.Configure(modelBuilder);
        extension.ConfigureModel(modelBuilder);
    }

    private static InvalidOperationException ReadOnly()
        => new("EventStoreDbContext is read-only: append events with IEventStore.AppendAsync, and keep your own entities in a DbContext of your own.");
}
