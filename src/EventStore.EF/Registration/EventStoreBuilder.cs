using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventStore.EF;

/// <summary>Says how an application's store is made up: its database, its options, its subscribers.</summary>
public sealed class EventStoreBuilder
{
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly List<SubscriberRegistration> _subscribers = [];
    private readonly EventSerializers _serializers = new();
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
    /// object from a service scope of its own; the class is registered as scoped service unless it is registered already.
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
        _ = name.Value;
        if (_subscribers.Find(other => other.Name == name) is { } taken)
            throw new ArgumentException($"The subscription name '{name}' is taken by {taken.SubscriberType}.", nameof(name));

        var options = new SubscriptionOptions();
        configure?.Invoke(options);
        options.Validate($"'{name}'");
        Services.TryAddScoped<TSubscriber>();
        _subscribers.Add(new(name, typeof(TSubscriber), options));
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

    internal EventStoreBuilder UseProvider(IStorageProvider provider)
    {
        if (_provider is not null)
            throw new InvalidOperationException($"The event store's database is chosen already ({_provider.Name}); call UsePostgreSql or UseSqlite once.");

        _provider = provider;
        return this;
    }

    internal EventStoreRegistration Build()
    {
        Options.Validate();
        return new(
            _provider ?? throw new InvalidOperationException("The event store has no database: call UsePostgreSql(connectionString) or UseSqlite(connectionString) in AddEventStore."),
            Options, [.. _assemblies], _serializers, _subscribers, new(_migrate));
    }
}
