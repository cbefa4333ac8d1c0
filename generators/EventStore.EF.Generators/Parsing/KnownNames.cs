namespace EventStore.EF.Generators.Parsing;

/// <summary>The names of types that the generator looks for.</summary>
internal static class KnownNames
{
    public const string AbstractionsAssembly = "EventStore.EF.Abstractions";
    public const string EventAttribute = "EventStore.EF.EventAttribute";
    public const string Subscriber = "EventStore.EF.ISubscriber`1";
    public const string CatalogAttribute = "EventStore.EF.EventCatalogAttribute";
    public const string ContractAttribute = "EventStore.EF.EventContractAttribute";
    public const string CatalogPart = "EventStore.EF.EventCatalogPart";
    public const string EventStreams = "EventStore.EF.IEventStreams";
    public const string NewEvent = "EventStore.EF.NewEvent";
    public const string RecordedEvent = "EventStore.EF.RecordedEvent";
    public const string StateAttribute = "EventStore.EF.StateAttribute";
    public const string Upcaster = "EventStore.EF.IUpcaster`2";
    public const string SplittingUpcaster = "EventStore.EF.ISplittingUpcaster`1";
    public const string JsonUpcaster = "EventStore.EF.IJsonUpcaster";
    public const string JsonUpcasterAttribute = "EventStore.EF.JsonUpcasterAttribute";
    public const string ConverterAttribute = "EventStore.EF.EventConverterAttribute";
    public const string EventsAttribute = "EventStore.EF.EventsAttribute";
    public const string SerializableAttribute = JsonNamespace + ".JsonSerializableAttribute";
    public const string JsonNamespace = "System.Text.Json.Serialization";
}
