using System.Text;
using EventStore.EF.Generators.Contracts;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.CodeFixes;

/// <summary>The contract file of a project.</summary>
internal static class ProjectContracts
{
    /// <summary>UTF-8 without a byte order mark.</summary>
    public static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public static TextDocument? FileOf(Project project) => project.AdditionalDocuments.FirstOrDefault(document =>
        string.Equals(Path.GetFileName(document.FilePath ?? document.Name), ContractFile.FileName, StringComparison.OrdinalIgnoreCase));
}
