"""The routes of the contract over aiohttp, and the demo's page."""
