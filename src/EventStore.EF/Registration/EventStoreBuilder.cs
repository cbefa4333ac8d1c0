using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventStore.EF;

/// <summary>Says how an application's store is made up: its database, its options, its subscribers and projections.</summary>
public sealed class EventStoreBuilder
{
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly List<SubscriberRegistration> _subscribers = [];
    private readonly EventSerializers _serializers = new();
    private readonly ForeignTypes _foreign = new();
    private IStorageProvider? _provider;
    private bool _migrate;

    internal EventStoreBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    internal EventStoreOptions Options { get; } = new();

    /// <summary>Sets options; see <see cref="EventStoreOptions"/> for each one's default and limits.</summary>
    public EventStoreBuilder Configure(Action<EventStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Options);
        return this;
    }

    /// <summary>Puts the store's tables into this schema instead of <c>eventstore</c>; see <see cref="EventStoreOptions.Schema"/>.</summary>
    public EventStoreBuilder UseSchema(string schema) => Configure(options => options.Schema = schema);

    /// <summary>
    /// Runs a class of handlers as a durable subscription to every event it handles, with the host. Each event is handled by an
    /// object from a service scope of its own; the class is registered as transient service unless it is registered already.
    /// </summary>
    /// <typeparam name="TSubscriber">A class that implements <see cref="ISubscriber{TEvent}"/> once or several times.</typeparam>
    /// <param name="name">
    /// Under this name the checkpoint is kept; it must stay the same for ever. In several processes with the same name one works
    /// and the others stand by.
    /// </param>
    /// <param name="configure">Sets options; see <see cref="SubscriptionOptions"/>.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or is taken, or an option is out of range.</exception>
    public EventStoreBuilder AddSubscriber<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSubscriber>(
        SubscriptionName name, Action<SubscriptionOptions>? configure = null)
        where TSubscriber : class
    {
        AddSubscriber(name, typeof(TSubscriber), null, configure);
        Services.TryAddTransient<TSubscriber>();
        return this;
    }

    /// <summary>
    /// Runs a class of handlers as a projection, with the host: what it writes to its context and its checkpoint are committed in one
    /// transaction, so that each event takes effect exactly once, whatever crashes, and whoever takes over.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The handlers write to the context, which they take in their constructor, and leave saving to the store: it calls
    /// <see cref="DbContext.SaveChangesAsync(CancellationToken)"/> before the commit. They may call it themselves, or use the context's
    /// connection by SQL; they don't end the transaction. What they append, link or read through <see cref="IEventStore"/> is of
    /// the same transaction, so it is to be awaited one after the other; only <see cref="IEventStore.ReadAllAsync"/> is not.
    /// What goes elsewhere, such as an e-mail, may happen twice: leave it to a subscriber.
    /// </para>
    /// <para>
    /// Events that are there at the same time share a transaction, a service scope and an object of the class, up to
    /// <see cref="SubscriptionOptions.BatchSize"/>. When one of them fails, all is undone and each gets a transaction of its own; the failing one is
    /// tried again with growing delays, and then <see cref="SubscriptionOptions.OnError"/> applies. The context's own execution strategy
    /// (<c>EnableRetryOnFailure</c>) repeats what fails in saving and committing, and never what a handler throws. Also without one, a database that
    /// is away is waited for, and no event is parked for it; whether it is away, the store finds out by a connection of its own.
    /// </para>
    /// <para>
    /// The context must be one object in each service scope, and its connection to the store's own database, with the rights to update the store's
    /// table of subscriptions and to delete parked events; the start fails otherwise. On PostgreSQL the transaction is READ COMMITTED, and the server ends it when nothing happens in it for
    /// <see cref="EventStoreOptions.LeaseDuration"/>. On SQLite it has the write lock from its beginning.
    /// </para>
    /// </remarks>
    /// <typeparam name="TProjection">
    /// A class that implements <see cref="ISubscriber{TEvent}"/> once or several times; registered as scoped service unless it is registered
    /// already.
    /// </typeparam>
    /// <typeparam name="TDbContext">The context that the handlers write to, registered by the application as scoped service (<c>AddDbContext</c>).</typeparam>
    /// <param name="name">
    /// Under this name the checkpoint is kept; it must stay the same for ever. In several processes with the same name one works
    /// and the others stand by.
    /// </param>
    /// <param name="configure">
    /// Sets options; see <see cref="SubscriptionOptions"/>. <see cref="SubscriptionOptions.MaxConsumers"/> is always 1: more than one at once
    /// needs <see cref="SubscriptionOptions.Partitions"/>, each with a checkpoint of its own.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name breaks a rule or is taken, an option is out of range, or the context is <see cref="EventStoreDbContext"/>, which is read-only.
    /// </exception>
    public EventStoreBuilder AddProjection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProjection, TDbContext>(
        SubscriptionName name, Action<SubscriptionOptions>? configure = null)
        where TProjection : class
        where TDbContext : DbContext
    {
        if (typeof(TDbContext) == typeof(EventStoreDbContext))
            throw new ArgumentException("A projection writes to a context of the application's; EventStoreDbContext is read-only.");

        var options = AddSubscriber(name, typeof(TProjection), typeof(TDbContext), configure);
        if (options.MaxConsumers != 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(configure), options.MaxConsumers, $"SubscriptionOptions.MaxConsumers of projection '{name}' is 1: its one checkpoint moves in order. Set Partitions to work on several events at once.");
        }

        Services.TryAddScoped<TProjection>();
        return this;
    }

    /// <summary>
    /// Creates or updates the tables when the host starts, before anything else starts. Several processes may do so at once. Left
    /// out, a missing or outdated schema fails the start with the command to run.
    /// </summary>
    public EventStoreBuilder MigrateOnStart()
    {
        _migrate = true;
        return this;
    }

    /// <summary>
    /// Adds the events and subscribers of an assembly that the application doesn't reference, such as a plug-in. Referenced ones
    /// are known without this.
    /// </summary>
    public EventStoreBuilder AddEventsFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>
    /// Writes every event that has no serializer of its own by this one instead of the generated JSON. What was written before is read
    /// as it was written.
    /// </summary>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder UseSerializer(IEventSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializers.UseForAll(serializer);
        return this;
    }

    /// <summary>Writes events of one type by this serializer. What was written before is read as it was written.</summary>
    /// <typeparam name="TEvent">A type marked <see cref="EventAttribute"/>; that it is one is checked when the store is first used.</typeparam>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder UseSerializer<TEvent>(IEventSerializer serializer)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializers.UseFor(typeof(TEvent), serializer);
        return this;
    }

    /// <summary>
    /// Reads payloads of this serializer's content type, and writes nothing by it: for what was written before the store's serializer was
    /// changed.
    /// </summary>
    /// <exception cref="ArgumentException">The serializer's content type breaks its rule.</exception>
    public EventStoreBuilder AddFormerSerializer(IEventSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializers.UseForReading(serializer);
        return this;
    }

    /// <summary>
    /// Declares stored names of events that belong to other applications in the same store: subscriptions pass over them in silence, as if they
    /// were not there.
    /// </summary>
    /// <param name="eventTypes">Stored names; one that ends with <c>*</c> stands for all names that begin so, such as <c>crm-*</c>.</param>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    public EventStoreBuilder ForeignEvents(params IEnumerable<string> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        foreach (var eventType in eventTypes)
        {
            ArgumentException.ThrowIfNullOrEmpty(eventType, nameof(eventTypes));
            _foreign.Add(eventType);
        }

        return this;
    }

    internal EventStoreBuilder UseProvider(IStorageProvider provider)
    {
        if (_provider is not null)
            throw new InvalidOperationException($"The event store's database is chosen already ({_provider.Name}); call UsePostgreSql or UseSqlite once.");

        _provider = provider;
        return this;
    }

    private SubscriptionOptions AddSubscriber(SubscriptionName name, Type type, Type? contextType, Action<SubscriptionOptions>? configure)
    {
        _ = name.Value;
        if (_subscribers.Find(other => other.Name == name) is { } taken)
            throw new ArgumentException($"The subscription name '{name}' is taken by {taken.SubscriberType}.", nameof(name));

        var options = new SubscriptionOptions();
        configure?.Invoke(options);
        options.Validate($"'{name}'");
        _subscribers.Add(new(name, type, options, contextType));
        return options;
    }

    internal EventStoreRegistration Build()
    {
        Options.Schema = DesignTime.Schema ?? Options.Schema;
        Options.Validate();
        var provider = _provider
            ?? throw new InvalidOperationException(
                "The event store has no database: call UsePostgreSql(connectionString) or UseSqlite(connectionString) in AddEventStore.");
        provider.CheckSchema(Options.Schema);
        return new(
            provider, Options, [.. _assemblies], _serializers, _subscribers, _foreign, new(_migrate));
    }
}
