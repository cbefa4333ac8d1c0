namespace EventStore.EF.Generators.Diagnostics;

/// <summary>Where the pages of the diagnostics are read.</summary>
internal static class HelpLinks
{
    public const string Root = "https://github.com/eventstore-ef/EventStore.EF/blob/main/docs/diagnostics/";
}
