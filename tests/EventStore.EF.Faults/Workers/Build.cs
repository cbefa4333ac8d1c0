namespace EventStore.EF.Faults;

/// <summary>The build of the application that a worker process runs.</summary>
internal enum Build
{
    /// <summary>Its classes handle <see cref="Written"/>.</summary>
    Old,

    /// <summary>Its classes, registered for the same subscriptions, handle <see cref="Extended"/> too.</summary>
    New,
}
