namespace EventStore.EF;

/// <summary>The state of the store's schema.</summary>
public enum SchemaState
{
    /// <summary>It can't be read; <see cref="SchemaReport.Reason"/> says why.</summary>
    Unknown,

    /// <summary>It is that of this version of the package.</summary>
    Current,

    /// <summary>A newer version of the package has migrated it.</summary>
    Newer,

    /// <summary>It lacks migrations of this version.</summary>
    Outdated,

    /// <summary>There is no store in it.</summary>
    Missing,
}
