namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>The tests that share <see cref="OwnServerFixture"/>, one after the other.</summary>
[CollectionDefinition]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is a collection of tests")]
public sealed class OwnServerCollection : ICollectionFixture<OwnServerFixture>;
