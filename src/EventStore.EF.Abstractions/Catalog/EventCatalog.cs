using System.Reflection;

namespace EventStore.EF;

/// <summary>
/// The event types, states and subscriber classes that an application knows, found at compile time. Immutable and thread-safe.
/// </summary>
public sealed class EventCatalog : IStoredEventReader
{
    private readonly Dictionary<Type, EventDescriptor> _byType = [];
    private readonly Dictionary<(string Name, int Version), EventDescriptor> _byName = [];
    private readonly Dictionary<Type, SubscriberDescriptor> _subscribers = [];
    private readonly Dictionary<Type, StateDescriptor> _states = [];

    /// <summary>Creates a catalog of everything that <paramref name="parts"/> contribute; a type contributed twice counts once.</summary>
    /// <exception cref="ArgumentException">
    /// Two types share a stored name and version, or upcasters of several assemblies contradict each other.
    /// </exception>
    public EventCatalog(params IEnumerable<EventCatalogPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var builder = new EventCatalogBuilder(this);
        foreach (var part in parts)
            builder.Add(part);
        Upcasters.Check((name, version) => _byName.ContainsKey((name, version)));
    }

    internal Upcasters Upcasters { get; } = new();

    /// <summary>The serializers used instead of the generated ones.</summary>
    internal EventSerializers Serializers { get; init; } = new();

    /// <summary>The event types, in no particular order.</summary>
    public IReadOnlyCollection<EventDescriptor> Events => _byType.Values;

    /// <summary>The subscriber classes, in no particular order.</summary>
    public IReadOnlyCollection<SubscriberDescriptor> Subscribers => _subscribers.Values;

    /// <summary>
    /// Creates the catalog of these assemblies and of all assemblies that they reference, from what the generator wrote into them.
    /// Assemblies built without the generator contribute nothing.
    /// </summary>
    /// <exception cref="ArgumentException">Two types share a stored name and version.</exception>
    public static EventCatalog Of(params IEnumerable<Assembly> assemblies) => Of(assemblies, new EventSerializers());

    /// <summary>The event type of this CLR type, or <see langword="null"/>.</summary>
    public EventDescriptor? Find(Type clrType) => _byType.GetValueOrDefault(clrType);

    /// <summary>The event type stored under this name, its own or an alias, and version, or <see langword="null"/>.</summary>
    public EventDescriptor? Find(string name, int version) => _byName.GetValueOrDefault((name, version));

    /// <summary>The subscriber class of this CLR type, or <see langword="null"/>.</summary>
    public SubscriberDescriptor? FindSubscriber(Type clrType) => _subscribers.GetValueOrDefault(clrType);

    /// <summary>The state of this CLR type, or <see langword="null"/>.</summary>
    public StateDescriptor? FindState(Type clrType) => _states.GetValueOrDefault(clrType);

    /// <summary>
    /// The stored names of events that are read as one of these types, including past versions. An event that is read as several events is
    /// always included, because the types it yields aren't known before it is read.
    /// </summary>
    internal IEnumerable<string> NamesReadAs(IReadOnlyCollection<Type> types)
    {
        var names = Events.Where(IsWanted).SelectMany(@event => @event.Aliases.Prepend(@event.Name));
        var past = Upcasters.JsonSources().Where(source => IsWanted(_byName[source.Newest])).Select(source => source.Name);
        return names.Concat(past).Distinct(StringComparer.Ordinal);

        bool IsWanted(EventDescriptor @event)
            => Upcasters.Newest(@event.ClrType) is not { } newest || types.Any(type => type.IsAssignableFrom(newest));
    }

    /// <summary>All stored names that are read, in any version.</summary>
    internal IEnumerable<string> Names => _byName.Keys.Select(key => key.Name).Concat(Upcasters.JsonNames);

    /// <summary>The versions of a stored name that are read, in no particular order.</summary>
    internal IEnumerable<int> VersionsOf(string name)
        => _byName.Keys.Where(key => key.Name == name).Select(key => key.Version).Concat(Upcasters.JsonVersionsOf(name)).Distinct();

    /// <summary>Whether a stored name is read in this version.</summary>
    internal bool Reads(string name, int version) => _byName.ContainsKey((name, version)) || Upcasters.ReadsJson(name, version);

    internal static EventCatalog Of(IEnumerable<Assembly> assemblies, EventSerializers serializers)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        return new(assemblies.Distinct().SelectMany(EventCatalogAttribute.PartsOf).ToArray()) { Serializers = serializers };
    }

    internal void Add(EventDescriptor descriptor)
    {
        if (!_byType.TryAdd(descriptor.ClrType, descriptor))
            return;

        foreach (var name in descriptor.Aliases.Prepend(descriptor.Name))
        {
            if (!_byName.TryAdd((name, descriptor.Version), descriptor))
            {
                throw new ArgumentException(
                    $"Two event types are stored as '{name}' version {descriptor.Version}: " +
                    $"{_byName[(name, descriptor.Version)].ClrType} and {descriptor.ClrType}. Rename one of them with [Event(\"…\")].");
            }
        }
    }

    internal void Add(StateDescriptor descriptor)
    {
        var same = _states.Values.FirstOrDefault(
            other => other.SnapshotType == descriptor.SnapshotType && other.ClrType != descriptor.ClrType);
        if (same is not null)
        {
            throw new ArgumentException(
                $"Two states store their snapshots as '{descriptor.SnapshotType}': {same.ClrType} and {descriptor.ClrType}. " +
                "Rename one of them with [State(\"…\")].");
        }

        _states.TryAdd(descriptor.ClrType, descriptor);
    }

    internal void Add(SubscriberDescriptor descriptor) => _subscribers.TryAdd(descriptor.ClrType, descriptor);

    IReadOnlyList<object> IStoredEventReader.Read(RecordedEvent stored) => StoredEventReader.Read(this, stored);
}
