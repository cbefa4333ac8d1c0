using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using EventStore.EF.Registration;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventStore.EF;

/// <summary>Configures an application's store: its database, options, subscribers and projections.</summary>
public sealed class EventStoreBuilder : EventStoreDatabaseBuilder
{
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly List<SubscriberRegistration> _subscribers = [];
    private readonly EventSerializers _serializers = new();
    private readonly ForeignTypes _foreign = new();

    internal EventStoreBuilder(IServiceCollection services)
        : base(StoreSetup.Empty)
        => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <inheritdoc/>
    public override EventStoreBuilder Configure(Action<EventStoreOptions> configure)
    {
        base.Configure(configure);
        return this;
    }

    /// <inheritdoc/>
    public override EventStoreBuilder UseSchema(string schema)
    {
        base.UseSchema(schema);
        return this;
    }

    /// <inheritdoc/>
    public override EventStoreBuilder MigrateOnStart()
    {
        base.MigrateOnStart();
        return this;
    }

    /// <summary>
    /// Runs a handler class with the host as a durable subscription to all events it handles. Each event is handled by an instance from its
    /// own service scope; the class is registered as a transient service unless it is already registered.
    /// </summary>
    /// <typeparam name="TSubscriber">A class that implements <see cref="ISubscriber{TEvent}"/> for one or several event types.</typeparam>
    /// <param name="name">
    /// The name under which the checkpoint is stored; it must never change. If several processes use the same name, one of them works
    /// and the others stand by.
    /// </param>
    /// <param name="configure">Sets options; see <see cref="SubscriberOptions"/>.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or is taken, or an option is out of range.</exception>
    public EventStoreBuilder AddSubscriber<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSubscriber>(
        SubscriptionName name, Action<SubscriberOptions>? configure = null)
        where TSubscriber : class
    {
        ThrowIfOver();
        AddSubscriber(name, typeof(TSubscriber), null, configure);
        Services.TryAddTransient<TSubscriber>();
        return this;
    }

    /// <summary>
    /// Runs a handler class with the host as a projection: what it writes to its context commits in one transaction with its checkpoint.
    /// Each event therefore takes effect exactly once, even after a crash or a change of owner.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The handlers write to the context that they take in their constructor, and leave saving to the store: it calls
    /// <see cref="DbContext.SaveChangesAsync(CancellationToken)"/> before the commit. They may call it themselves, or run SQL on the
    /// context's connection, but they must not end the transaction. Everything they append, link or read through <see cref="IEventStore"/>
    /// is part of the same transaction, so await one call before the next; only <see cref="IEventStore.ReadAllAsync"/> is not part of it.
    /// Effects elsewhere, such as an e-mail, may happen twice: leave them to a subscriber.
    /// </para>
    /// <para>
    /// Events that are available at the same time share a transaction, a service scope and an instance of the class, up to
    /// <see cref="SubscriptionOptions.BatchSize"/>. If one of them fails, everything is rolled back and each event gets its own
    /// transaction; the failing event is retried with growing delays, then <see cref="SubscriptionOptions.OnError"/> applies. The context's
    /// own execution strategy (<c>EnableRetryOnFailure</c>) retries failures of saving and committing, but never exceptions of a handler.
    /// Even without such a strategy, an unavailable database is waited for, and no event is parked because of it; the store uses its own
    /// connection to find out whether the database is available.
    /// </para>
    /// <para>
    /// The context must be a single instance in each service scope. Its connection must be to the store's own database, with the rights to
    /// update the store's table of subscriptions and to delete parked events; otherwise the start fails. On PostgreSQL the transaction is
    /// READ COMMITTED, and the server ends it when nothing happens in it for <see cref="EventStoreOptions.LeaseDuration"/>. On SQLite it
    /// holds the write lock from the beginning.
    /// </para>
    /// </remarks>
    /// <typeparam name="TProjection">
    /// A class that implements <see cref="ISubscriber{TEvent}"/> for one or several event types; registered as a scoped service unless it
    /// is already registered.
    /// </typeparam>
    /// <typeparam name="TDbContext">
    /// The context that the handlers write to, registered by the application as a scoped service (<c>AddDbContext</c>).
    /// </typeparam>
    /// <param name="name">
    /// The name under which the checkpoint is stored; it must never change. If several processes use the same name, one of them works
    /// and the others stand by.
    /// </param>
    /// <param name="configure">
    /// Sets options; see <see cref="SubscriberOptions"/>. <see cref="SubscriptionOptions.MaxConsumers"/> is always 1: to handle several
    /// events concurrently, set <see cref="SubscriptionOptions.Partitions"/>; each partition has its own checkpoint.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name breaks a rule or is taken, an option is out of range, or the context is <see cref="EventStoreDbContext"/>, which is
    /// read-only.
    /// </exception>
    public EventStoreBuilder AddProjection<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProjection, TDbContext>(
        SubscriptionName name, Action<SubscriberOptions>? configure = null)
        where TProjection : class
        where TDbContext : DbContext
    {
        ThrowIfOver();
        if (typeof(TDbContext) == typeof(EventStoreDbContext))
            throw new ArgumentException("A projection writes to the application's own DbContext. EventStoreDbContext is read-only.");

        var options = AddSubscriber(name, typeof(TProjection), typeof(TDbContext), configure);
        if (options.MaxConsumers != 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(configure), options.MaxConsumers,
                $"SubscriptionOptions.MaxConsumers of projection '{name}' must be 1, because its checkpoint moves in order. " +
                "Set Partitions to handle several events concurrently.");
        }

        Services.TryAddScoped<TProjection>();
        return this;
    }

    /// <summary>
    /// Adds the events and subscribers of an assembly that the application doesn't reference, such as a plug-in. Referenced assemblies, and
    /// those of subscribers and projections, are found without this call.
    /// </summary>
    public EventStoreBuilder AddEventsFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ThrowIfOver();
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>
    /// Writes every event that has no serializer of its own with this serializer instead of the generated JSON. Existing events are still
    /// read in the format in which they were written.
    /// </summary>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder UseSerializer(IEventSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ThrowIfOver();
        _serializers.UseForAll(serializer);
        return this;
    }

    /// <summary>
    /// Writes events of one type with this serializer. Existing events are still read in the format in which they were written. A type that
    /// the generator can't serialize is marked <c>[Event(HasOwnSerializer = true)]</c>; one in an assembly without the generator is
    /// registered here.
    /// </summary>
    /// <typeparam name="TEvent">A type marked with <see cref="EventAttribute"/>; checked when the store is first used.</typeparam>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder UseSerializer<TEvent>(IEventSerializer serializer)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ThrowIfOver();
        _serializers.UseFor(typeof(TEvent), serializer);
        _assemblies.Add(typeof(TEvent).Assembly);
        return this;
    }

    /// <summary>
    /// Reads payloads of this serializer's content type, but writes nothing with it: for events written before the store's serializer was
    /// changed.
    /// </summary>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder AddFormerSerializer(IEventSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ThrowIfOver();
        _serializers.UseForReading(serializer);
        return this;
    }

    /// <summary>
    /// Declares stored names of events that belong to other applications in the same store: subscriptions pass over them silently, as if
    /// they did not exist.
    /// </summary>
    /// <param name="eventTypes">
    /// Stored names; a name that ends with <c>*</c> matches all names with that prefix, such as <c>crm-*</c>.
    /// </param>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    public EventStoreBuilder ForeignEvents(params IEnumerable<string> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        ThrowIfOver();
        foreach (var eventType in eventTypes)
        {
            ArgumentException.ThrowIfNullOrEmpty(eventType, nameof(eventTypes));
            _foreign.Add(eventType);
        }

        return this;
    }

    private SubscriberOptions AddSubscriber(SubscriptionName name, Type type, Type? contextType, Action<SubscriberOptions>? configure)
    {
        _ = name.Value;
        if (_subscribers.Find(other => other.Name == name) is { } taken)
        {
            throw new ArgumentException(
                $"The subscription name '{name}' is already used by {taken.SubscriberType}. Choose another one.", nameof(name));
        }

        var options = new SubscriberOptions();
        configure?.Invoke(options);
        options.Validate($"'{name}'");
        _subscribers.Add(new(name, type, options, contextType));

        // Under a test host, or with the registration in a library, neither the caller nor the program references these events.
        _assemblies.Add(type.Assembly);
        return options;
    }

    /// <summary>Ends the configuration, and checks what it decided.</summary>
    /// <param name="needsDatabase">Whether a database must be chosen by now.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the database doesn't allow the schema's name.</exception>
    /// <exception cref="InvalidOperationException">No database is chosen.</exception>
    internal EventStoreRegistration Build(bool needsDatabase)
    {
        var setup = End();
        setup.Check(needsDatabase);
        return new(setup, [.. _assemblies], _serializers, _subscribers, _foreign);
    }
}
