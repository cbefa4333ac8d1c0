namespace EventStore.EF.Generators;

/// <summary>Names of the pipeline's steps, by which the tests see that they are cached.</summary>
internal static class TrackingNames
{
    public const string Assembly = "Assembly";
    public const string References = "References";
    public const string Events = "Events";
    public const string OwnEvents = "OwnEvents";
    public const string Subscribers = "Subscribers";
    public const string Upcasters = "Upcasters";
    public const string States = "States";
    public const string Buckets = "Buckets";
    public const string Context = "Context";
    public const string Catalog = "Catalog";
    public const string Diagnostics = "Diagnostics";

    public static readonly IReadOnlyList<string> All =
        [Assembly, References, Events, OwnEvents, Subscribers, Upcasters, States, Buckets, Context, Catalog, Diagnostics];
}
