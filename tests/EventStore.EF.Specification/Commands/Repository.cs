using System.Reflection;

namespace EventStore.EF.Specification;

/// <summary>The repository that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration that the tests were built in: Debug or Release.</summary>
    public static string Configuration { get; }
        = typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EventStore.EF.sln")))
                return folder;
        }

        throw new InvalidOperationException($"EventStore.EF.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
