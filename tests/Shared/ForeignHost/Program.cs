Microsoft.VisualStudio.TestPlatform.TestHost.Program.Main(args);
