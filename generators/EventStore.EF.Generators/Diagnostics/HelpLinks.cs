using System.Reflection;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>The web addresses of the diagnostics' pages, derived from the MSBuild property ProjectSite.</summary>
internal static class HelpLinks
{
    private static readonly string? Site = typeof(HelpLinks).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == "ProjectSite")?.Value;

    /// <summary>The page of a diagnostic; <see langword="null"/> while the project has no web address.</summary>
    public static string? Of(string id) => Of(id, Site);

    /// <summary>The page of a diagnostic at a web address.</summary>
    public static string? Of(string id, string? site) => string.IsNullOrEmpty(site) ? null : $"{site}/blob/main/docs/diagnostics/{id}.md";
}
