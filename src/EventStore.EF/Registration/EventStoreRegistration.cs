using System.Reflection;

namespace EventStore.EF;

/// <summary>What an <see cref="EventStoreBuilder"/> was told.</summary>
internal sealed record EventStoreRegistration(
    IStorageProvider Provider, EventStoreOptions Options, IReadOnlyList<Assembly> Assemblies, IReadOnlyList<SubscriberRegistration> Subscribers, SchemaStartup Startup);
